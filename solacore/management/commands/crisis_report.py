from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from solacore.kit.talk import referrals


class Command(BaseCommand):
    help = "Print how often crisis help was shown in a year, by product, language and tier."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, default=timezone.now().year)

    def handle(self, **options: Any) -> None:
        rows = referrals.of_year(options["year"])
        self.stdout.write(f"Crisis referrals in {options['year']} (counts only)")
        for product, language, tier, total in rows:
            self.stdout.write(f"{product:10} {language:8} {tier:10} {total:>8}")
        self.stdout.write(f"{'all':30} {sum(row[3] for row in rows):>8}")
