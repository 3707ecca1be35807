from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.errors import UserNotFound
from accounts.services import users
from billing import selectors
from billing.rules.plans import PLANS
from billing.services import entitlements


class Command(BaseCommand):
    help = "Give somebody a plan by hand (free takes the gift back), and say why it is what it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("tier", choices=list(PLANS))
        parser.add_argument("--days", type=int, help="For how long; missing: for good.")
        parser.add_argument("--reason", default="manage.py grant_plan")

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        days: int | None = options["days"]
        if days is not None and not 0 < days <= 3660:
            raise CommandError("--days must be between 1 and 3660.")
        try:
            user = users.find(options["email"])
        except UserNotFound as error:
            raise CommandError(error.message) from error
        entitlements.grant(
            user_id=user.pk,
            tier=options["tier"],
            until=None if days is None else now + timedelta(days=days),
            reason=options["reason"],
            now=now,
        )
        told = selectors.explanation(user_id=user.pk, joined=user.created_at, now=now)
        self.stdout.write(told["sentence"])
