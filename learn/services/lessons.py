"""What an answer leaves of a lesson when it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from learn.models import LearnSession
from learn.rules import lesson, path, teaching
from learn.rules.concepts import NamedConcept
from learn.rules.methods import METHODS


def conclude(
    session: LearnSession,
    *,
    note: Mapping[str, object] | None,
    answer: str,
    said: Sequence[str],
    language: str,
    tool: str | None = None,
    turn: int = 0,
) -> list[NamedConcept]:
    """Keep what an answer tells of the lesson on a locked ``session``, which the caller saves.

    Changes ``key_concepts``, ``learning_summary`` and ``completed_tools``. ``said`` is what the
    learner said in this lesson, oldest first. ``tool`` is the method that was answered by and
    ``turn`` counts the learner's messages to it: they decide whether the method is done when the
    note does not say. Returns the concepts named this time.
    """
    known, summary = session.key_concepts or [], session.learning_summary or ""
    learned = lesson.noted(known, summary, note or {})
    if not note or not learned.concepts:
        heard = lesson.heard(
            *(known, learned.summary),
            topic=session.topic or "",
            said=said,
            answer=answer,
            language=language,
        )
        learned = replace(heard, tool_done=learned.tool_done)
    session.key_concepts = list(learned.concepts) or None
    session.learning_summary = learned.summary or None
    done = learned.tool_done
    if done is None and tool in METHODS:
        done = teaching.finished(str(tool), answer, turn=turn)
    if done and tool:
        session.completed_tools = path.recorded(session.tool_plan, session.completed_tools, tool)
    return list(learned.named)
