from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.errors import UserNotFound
from accounts.services import users


class Command(BaseCommand):
    help = "Mark an account's address as confirmed, for somebody who has proved it otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, **options: Any) -> None:
        try:
            user = users.find(options["email"])
        except UserNotFound as error:
            raise CommandError(error.message) from error
        if user.email_verified_at is not None:
            self.stdout.write(f"Confirmed already, on {user.email_verified_at:%Y-%m-%d}.")
            return
        users.verify(user=user, now=timezone.now())
        self.stdout.write("Confirmed.")
