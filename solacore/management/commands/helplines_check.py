from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from solacore.kit.talk import helplines


class Command(BaseCommand):
    help = "List helplines that nobody has looked up for 180 days; exit with 1 if there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, default=timezone.now().date())

    def handle(self, **options: Any) -> None:
        helplines.refresh()
        stale = helplines.stale(helplines.in_force(), options["on"])
        for line in stale:
            self.stdout.write(
                f"{line.country} {line.name}: last looked up {line.verified_on or 'never'}"
            )
        if stale:
            raise CommandError(f"{len(stale)} helplines want looking up, see /admin/talk/helpline/")
