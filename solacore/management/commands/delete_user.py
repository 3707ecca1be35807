from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.errors import UserNotFound
from accounts.services import users
from solacore import account
from solacore.kit import answerlog


class Command(BaseCommand):
    help = "Delete an account and everything in it. Without --yes only says what that would be."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--yes", action="store_true", help="Do it, for good.")

    def handle(self, **options: Any) -> None:
        try:
            user = users.find(options["email"])
        except UserNotFound as error:
            raise CommandError(error.message) from error
        for name, count in account.count(user_id=user.pk).items():
            self.stdout.write(f"{count:6} {name}")
        if not options["yes"]:
            self.stdout.write("Nothing was deleted. Say --yes to delete all of it for good.")
            return
        answers = account.erase(user_id=user.pk, now=timezone.now())
        async_to_sync(self._forget)(answers)
        self.stdout.write("Deleted.")

    async def _forget(self, answers: Any) -> None:
        log = answerlog.shared()
        await log.forget(answers)
        await log.redis.close()
