from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from webhooks.services import inbox


class Command(BaseCommand):
    help = "Forget the payloads of webhooks applied a month ago; the rows stay against replays."

    def handle(self, **options: Any) -> None:
        count = inbox.prune(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"{count} payloads forgotten.")
