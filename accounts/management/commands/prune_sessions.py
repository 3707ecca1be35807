from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.services import sessions


class Command(BaseCommand):
    help = "Delete what has expired: sign-ins, mailed links, tallies of tries, spent nonces."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say how many there are.")

    def handle(self, **options: Any) -> None:
        counts = sessions.prune(now=timezone.now(), dry_run=bool(options.get("dry_run")))
        if options["verbosity"]:
            verb = "would be deleted" if options["dry_run"] else "deleted"
            for name, count in counts.items():
                self.stdout.write(f"{count} {name} {verb}.")
