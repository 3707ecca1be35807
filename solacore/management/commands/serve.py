import signal
import socket
import sys
import threading
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from solacore.ops import deferred, ticker

GRACE_SECONDS = 3


class Command(BaseCommand):
    # `make check` and production's entrypoint run the system checks; here they would be 6 MB
    # that stay and a quarter of a second, at each start.
    requires_system_checks = ()
    help = "Set everything up and serve: database, migrations, seed, periodic work, one process."

    def handle(self, **options: Any) -> None:
        host, port = settings.HOST, settings.PORT
        _require_free(host, port)
        _require_database()
        call_command("migrate", verbosity=0)
        call_command("seed", verbosity=0)
        stop = threading.Event()
        threading.Thread(target=ticker.run, args=[stop], daemon=True).start()
        threading.Thread(target=deferred.work, args=[stop], daemon=True).start()
        connection.close()
        self._say_what_to_open(host, port)
        # After its graceful end uvicorn raises the signal again; exit in order, so that the
        # embedded PostgreSQL is stopped with us.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
        try:
            uvicorn.run(
                "solacore.asgi:application",
                host=host,
                port=port,
                loop="uvloop",
                http="httptools",
                ws="none",
                lifespan="on",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                log_config=None,
                log_level="warning",
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        finally:
            stop.set()

    def _say_what_to_open(self, host: str, port: int) -> None:
        base = f"http://{host}:{port}"
        model = settings.LLM["llm_provider"]
        keys = ("openai_api_key", "anthropic_api_key", "openrouter_api_key")
        if not any(settings.LLM[key].get_secret_value() for key in keys):
            model = "the built-in coach (no provider key set)"
        self.stdout.write(
            f"\n  Solacore is at   {base}/play\n"
            f"  API described    {base}/docs\n"
            f"  Staff            {base}/admin/  (passwords: var/staff.txt, var/demo.txt)\n"
            f"  Model            {model}\n"
            f"  Ctrl-C stops everything.\n"
        )


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host} is taken: stop what uses it, or choose another (PORT=8001)."
            ) from error


def _require_database() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CommandError(
            "DATABASE_URL names a PostgreSQL that cannot be reached: check host, port, name and "
            "password, or unset it to use the embedded one."
        ) from error
    version = connection.cursor().connection.info.server_version // 10000
    if version < 15:
        raise CommandError(f"PostgreSQL 15 or newer is needed; this one is {version}.")
