import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from solacore.api import api

FILE = Path(settings.BASE_DIR) / "openapi.json"


class Command(BaseCommand):
    help = "Write the API's description to openapi.json, or check that it is unchanged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when it differs")

    def handle(self, *, check: bool, **options: Any) -> None:
        text = json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True, default=str) + "\n"
        if not check:
            FILE.write_text(text)
        elif not FILE.exists() or FILE.read_text() != text:
            raise CommandError(
                "The API changed: run `manage.py openapi`, read the diff, commit it."
            )
