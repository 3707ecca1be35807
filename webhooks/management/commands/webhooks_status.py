from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Max, Min

from billing.models import StoreEvent
from webhooks.models import InboundEvent, State


class Command(BaseCommand):
    help = "Say what the stores delivered, what failed, and what is parked."

    def handle(self, **options: Any) -> None:
        rows = InboundEvent.objects.values("source", "state").annotate(
            count=Count("pk"), newest=Max("created_at")
        )
        for row in rows.order_by("source", "state"):
            newest = f"{row['newest']:%Y-%m-%d %H:%M}"
            self.stdout.write(
                f"{row['source']:11} {row['state']:8} {row['count']:7}  newest {newest}"
            )
        stuck = InboundEvent.objects.filter(state__in=[State.FAILED, State.PENDING])
        for event in stuck.order_by("created_at", "pk")[:20]:
            self.stdout.write(
                f"  {event.event_id} {event.event_type}: {event.error or 'not applied yet'}, "
                f"{event.attempts} tries"
            )
        parked = StoreEvent.objects.parked().aggregate(count=Count("pk"), oldest=Min("received_at"))
        oldest = f", oldest {parked['oldest']:%Y-%m-%d}" if parked["oldest"] else ""
        self.stdout.write(f"{parked['count']} pieces of news are about nobody we know{oldest}.")
