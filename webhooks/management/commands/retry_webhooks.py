from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.services import entitlements
from webhooks.services import inbox


class Command(BaseCommand):
    help = "Apply webhooks again that failed and are due; hand parked news to who has appeared."

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        tried = inbox.retry_due(now=now)
        claimed = entitlements.claim_parked(now=now)
        if options["verbosity"]:
            self.stdout.write(f"{tried} tried again, {claimed} parked pieces claimed.")
