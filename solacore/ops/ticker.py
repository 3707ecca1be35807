"""Runs deploy/crontab: the one list of what happens again and again, wherever it is ticked."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cronsim import CronSim
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

logger = logging.getLogger(__name__)
CRONTAB = Path(settings.BASE_DIR) / "deploy" / "crontab"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when (five fields), and which management command with which arguments."""

    when: str
    command: tuple[str, ...]


def read(text: str) -> list[Line]:
    """Return the lines of a crontab. Raises ValueError for one that is none."""
    found = []
    for raw in text.splitlines():
        line = raw.partition("#")[0].split()
        if not line:
            continue
        if len(line) < 6:
            raise ValueError(f"Not five fields and a command: {raw!r}")
        found.append(Line(" ".join(line[:5]), tuple(line[5:])))
    return found


def due(lines: list[Line], after: datetime, until: datetime) -> Iterator[Line]:
    """Yield each line that falls into (after, until], once however often it does."""
    for line in lines:
        if next(CronSim(line.when, after)) <= until:
            yield line


def run(stop: threading.Event) -> None:
    """Tick until ``stop`` is set. A command that fails is logged, and due again next time."""
    lines = read(CRONTAB.read_text())
    last = datetime.now(UTC).replace(second=0, microsecond=0)
    # The first round is at once: what a crash left behind should not wait.
    for line in lines:
        _run(line)
    while not stop.wait(max(0.5, 60 - datetime.now(UTC).second)):
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        if now - last >= timedelta(minutes=1):
            for line in due(lines, last, now):
                _run(line)
            last = now


def _run(line: Line) -> None:
    try:
        call_command(*line.command, verbosity=0)
    except CommandError as refusal:  # it found something to be told, and is in good order
        logger.warning("A periodic command asks for attention", extra={"fault": str(refusal)})
    except Exception:
        logger.exception("A periodic command failed")
    finally:
        connection.close()
