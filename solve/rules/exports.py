"""A session as Markdown, JSON or CSV: data in, text out."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

MAX_NAME = 50
COLUMNS = (
    *("Session ID", "Status", "Current Step", "Created At", "Completed At", "Tags"),
    *("First Step Action", "Action Completed", "Action Completed At", "Message Count"),
)
LABELS = {
    "en": {
        "title": "A conversation", "about": "About", "created": "Begun", "status": "Status", "step": "Step", "tags": "Tags",
        "completed": "Completed", "plan": "First step", "done": "done", "open": "to be done", "talk": "Conversation",
        "user": "You", "assistant": "Coach", "exported": "Exported",
    },
    "zh": {
        "title": "一次对话", "about": "概要", "created": "开始时间", "status": "状态", "step": "当前步骤", "tags": "标签",
        "completed": "完成时间", "plan": "行动计划", "done": "已完成", "open": "待完成", "talk": "对话记录",
        "user": "我", "assistant": "助手", "exported": "导出时间",
    },
    "es": {
        "title": "Una conversación", "about": "Resumen", "created": "Inicio", "status": "Estado", "step": "Paso", "tags": "Etiquetas",
        "completed": "Terminada", "plan": "Primer paso", "done": "hecho", "open": "pendiente", "talk": "Conversación",
        "user": "Tú", "assistant": "Guía", "exported": "Exportado",
    },
}  # fmt: skip


def markdown(session: Mapping[str, Any], *, now: datetime) -> str:
    """Return a session to read, labelled in its language."""
    words = LABELS.get(str(session["locale"])[:2].lower(), LABELS["en"])
    action = session["first_step_action"]
    lines = [f"# {_one_line(action) if action else words['title']}", "", f"## {words['about']}", ""]
    facts = [
        (words["created"], _moment(session["created_at"])),
        (words["status"], session["status"]),
        (words["step"], session["current_step"]),
        (words["tags"], ", ".join(session["tags"])),
        (words["completed"], _moment(session["completed_at"])),
    ]
    lines += [f"- {label}: {fact}" for label, fact in facts if fact]
    if action:
        mark, word = ("x", words["done"]) if session["action_completed"] else (" ", words["open"])
        when = _moment(session["action_completed_at"])
        note = f"{word}, {when}" if when else word
        lines += ["", f"## {words['plan']}", "", f"- [{mark}] {_one_line(action)} ({note})"]
    lines += ["", f"## {words['talk']}"]
    for message in session["messages"]:
        speaker = words["user"] if message["role"] == "user" else words["assistant"]
        lines += ["", f"### {speaker} ({message['created_at']:%H:%M:%S})", "", message["content"]]
    return "\n".join([*lines, "", "---", "", f"{words['exported']}: {_moment(now)}", ""])


def as_json(session: Mapping[str, Any]) -> dict[str, Any]:
    """Return a session as the contract's JSON export has it."""
    return {name: value for name, value in session.items() if name != "locale"}


def indented(data: object) -> str:
    """Return JSON to be read by people: indented, UTF-8, times in UTC with a Z."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=_plain)


def csv_row(session: Mapping[str, Any]) -> list[str]:
    """Return a session's row under COLUMNS."""
    return [
        *(str(session["id"]), session["status"], session["current_step"]),
        *(_stamp(session["created_at"]), _stamp(session["completed_at"])),
        *(", ".join(session["tags"]), session["first_step_action"] or ""),
        *(str(session["action_completed"]), _stamp(session["action_completed_at"])),
        str(len(session["messages"])),
    ]


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV in which no cell is a formula to a spreadsheet (OWASP, CSV injection)."""
    out = io.StringIO()
    csv.writer(out).writerows([_inert(cell) for cell in row] for row in rows)
    return out.getvalue()


def statistics_rows(figures: Mapping[str, Any], *, now: datetime) -> list[list[object]]:
    """Return the statistics as labelled blocks, a blank row between two."""
    actions = figures["action_completion"]
    rows: list[list[object]] = [
        ["Statistics Report", _stamp(now)],
        [],
        ["Total Sessions", figures["total_sessions"]],
        [],
        ["Status", "Count"],
        *[[name, count] for name, count in figures["status_distribution"].items()],
        [],
        ["Step", "Count"],
        *[[name, count] for name, count in figures["step_distribution"].items()],
        [],
        ["Total Actions", actions["total"]],
        ["Completed Actions", actions["completed"]],
        ["Completion Rate (%)", actions["completion_rate"]],
        [],
        ["Tag", "Count"],
        *[[item["tag"], item["count"]] for item in figures["top_tags"]],
        [],
        ["Date", "Count"],
        *[[item["date"], item["count"]] for item in figures["daily_trend"]],
    ]
    if follow := figures.get("follow_through"):
        rows += [
            [],
            ["Check-ins Asked", follow["asked"]],
            ["Check-ins Answered", follow["answered"]],
            ["Done", follow["done"]],
            ["Not Yet", follow["not_yet"]],
            ["Changed", follow["changed"]],
            ["Follow-through Rate (%)", follow["rate"]],
        ]
    return rows


def file_stem(session: Mapping[str, Any]) -> str:
    """Return what a session's file is called: how it began, and the day (contract 3.9)."""
    first = next((m["content"] for m in session["messages"] if m["role"] == "user"), "session")
    name = re.sub(r"[^\w \-]", "_", first, flags=re.UNICODE)[:MAX_NAME].strip() or "session"
    return f"{name}_{session['created_at']:%Y%m%d}"


def _inert(cell: object) -> object:
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _moment(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC" if when else ""


def _stamp(when: datetime | None) -> str:
    return when.isoformat().replace("+00:00", "Z") if when else ""


def _plain(value: object) -> str:
    return _stamp(value) if isinstance(value, datetime) else str(value)


def day(when: date | datetime) -> str:
    """Return a moment as file names have it."""
    return f"{when:%Y%m%d_%H%M%S}"
