import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.services import users
from solacore.kit.talk import helplines
from solve.services import templates

VAR = Path(settings.BASE_DIR) / "var"
STAFF, DEMO = "staff@solacore.example", "demo@solacore.example"


class Command(BaseCommand):
    help = (
        "Put in what a new house needs: the template roles and, locally, a staff and a demo login."
    )

    def handle(self, **options: Any) -> None:
        added = templates.seed()
        lines = helplines.seed()
        if options["verbosity"]:
            self.stdout.write(f"{added} template roles and {lines} helplines added.")
        if settings.PRODUCTION:
            return
        self._login(STAFF, VAR / "staff.txt", staff=True)
        self._login(DEMO, VAR / "demo.txt", staff=False)

    def _login(self, email: str, file: Path, *, staff: bool) -> None:
        password = f"{secrets.token_urlsafe(12)}A1"
        if not users.seed(email=email, password=password, staff=staff, now=timezone.now()):
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(f"{email}\n{password}\n")
        self.stdout.write(f"Made {email} with password {password} (kept in var/{file.name}).")
