from typing import Any

from django.core.management.base import BaseCommand

from learn.models import LearnMessage
from solve.models import Message


class Command(BaseCommand):
    help = "Mark answers whose producer died as interrupted; what was said is kept."

    def handle(self, **options: Any) -> None:
        swept = Message.sweep() + LearnMessage.sweep()
        if options["verbosity"]:
            self.stdout.write(f"{swept} answers marked as interrupted.")
