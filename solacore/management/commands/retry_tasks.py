from typing import Any

from django.core.management.base import BaseCommand

from solacore.ops import deferred


class Command(BaseCommand):
    help = "Queue deferred work again that failed or whose worker died."

    def handle(self, **options: Any) -> None:
        count = deferred.put_back()
        if options["verbosity"]:
            self.stdout.write(f"{count} put back.")
