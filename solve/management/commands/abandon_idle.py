from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from solve.services import idle


class Command(BaseCommand):
    help = (
        "Abandon active sessions in which nothing was said for a while. They can be taken up again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="How long a while is.")

    def handle(self, **options: Any) -> None:
        if not 1 <= options["days"] <= 36_500:
            raise CommandError("A while is at least a day, and at most a century.")
        count = idle.abandon(days=options["days"], now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"{count} abandoned.")
