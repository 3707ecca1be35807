from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from billing.errors import PaymentsUnavailable
from billing.services import entitlements, reconcile


class Command(BaseCommand):
    help = (
        "Bring lapsed access in line, then compare with Stripe and RevenueCat (where a key is "
        "configured) and say where we differ; --apply takes the stores' word for it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true")

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        lapsed = entitlements.settle(now=now)
        drifts = 0
        try:
            for drift in reconcile.compare(apply=bool(options.get("apply")), now=now):
                drifts += 1
                self.stdout.write(
                    f"{drift.user_id} {drift.store}: ours {drift.ours}; theirs {drift.theirs}"
                )
        except PaymentsUnavailable as error:
            raise CommandError("A store could not be asked; try again later.") from error
        if options["verbosity"]:
            asked = [
                name
                for name, key in (
                    ("Stripe", settings.STRIPE_KEY),
                    ("RevenueCat", settings.REVENUECAT_KEY),
                )
                if key
            ]
            whom = ", ".join(asked) or "nobody (no keys)"
            self.stdout.write(f"{lapsed} lapsed, {drifts} differ; asked: {whom}.")
