from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from webhooks.services import inbox


class Command(BaseCommand):
    help = "Apply webhooks once more by the store's event id. Nothing happens twice by it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_id", nargs="+")

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        for event_id in options["event_id"]:
            if not inbox.replay(event_id=event_id, now=now):
                raise CommandError(f"No event {event_id} with its payload is kept here.")
            self.stdout.write(f"{event_id} applied.")
