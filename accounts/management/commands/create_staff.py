import getpass
import secrets
import sys
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from accounts.errors import EmailAlreadyExists
from accounts.rules.passwords import check_password
from accounts.services import users


class Command(BaseCommand):
    help = (
        "Make an account that may open the back office. The password is asked for (or read from "
        "standard input), never taken as an argument: arguments show in the process list."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--superuser", action="store_true", help="May do everything.")
        parser.add_argument("--group", action="append", default=[], help="Rights of this group.")
        parser.add_argument("--generate", action="store_true", help="Make a password and print it.")

    def handle(self, **options: Any) -> None:
        try:
            validate_email(options["email"])
            password = check_password(self._password(generate=options["generate"]))
            users.create_staff(
                email=options["email"],
                password=password,
                superuser=options["superuser"],
                groups=tuple(options["group"]),
                now=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError("This is not an e-mail address.") from error
        except ValueError as error:
            raise CommandError(f"The password {error}.") from error
        except EmailAlreadyExists as error:
            raise CommandError(error.message) from error
        except Group.DoesNotExist as error:
            raise CommandError("There is no group of that name.") from error
        self.stdout.write("Made. Sign in at /admin/.")

    def _password(self, *, generate: bool) -> str:
        if generate:
            password = f"{secrets.token_urlsafe(15)}A1"
            self.stdout.write(f"Password: {password}")
            return password
        if sys.stdin.isatty():
            return getpass.getpass("Password: ")
        return sys.stdin.readline().rstrip("\n")
