from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from solve.services import check_ins


class Command(BaseCommand):
    help = "Queue a letter for each check-in that is due. Two at once do not double any."

    def handle(self, **options: Any) -> None:
        count = check_ins.send_due(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"{count} due.")
