import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from solacore.ops import ticker


class Command(BaseCommand):
    help = "Run the commands of deploy/crontab when they are due, until told to stop."

    def handle(self, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        ticker.run(stop)
