from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from learn.services import digests


class Command(BaseCommand):
    help = "Queue the letter about due cards for everybody whose hour it is; never twice."

    def handle(self, **options: Any) -> None:
        count = digests.send_due(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"{count} written to.")
