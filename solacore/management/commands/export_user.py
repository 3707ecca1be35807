import shutil
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.errors import UserNotFound
from accounts.services import users
from solacore import account


class Command(BaseCommand):
    help = "Write everything an account owns as JSON, as its owner would get it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--to", type=Path, help="A new file; missing: standard output.")

    def handle(self, **options: Any) -> None:
        try:
            user = users.find(options["email"])
        except UserNotFound as error:
            raise CommandError(error.message) from error
        with account.export(user_id=user.pk, now=timezone.now()) as file:
            target: Path | None = options["to"]
            if target is None:
                shutil.copyfileobj(file, sys.stdout.buffer)
                return
            try:
                target.touch(mode=0o600, exist_ok=False)
            except OSError as error:
                raise CommandError(f"{target} cannot be made anew.") from error
            with target.open("wb") as out:
                shutil.copyfileobj(file, out)
        self.stderr.write(f"Written to {target}, readable by you only.")
