from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from solve.services import reminders


class Command(BaseCommand):
    help = "Queue a letter for each reminder that is due. Two at once do not double any."

    def handle(self, **options: Any) -> None:
        count = reminders.send_due(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"{count} due.")
