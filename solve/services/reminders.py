"""Reminders: claimed when they are due, written by mail to who has confirmed the address."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from accounts.services import letters
from accounts.services.letters import Letter

AT_ONCE = 100

# Claimed and queued in one transaction: two schedulers skip each other's, and a crash between
# the two leaves both undone.
_CLAIM = """
    UPDATE solve_solvesession SET reminder_sent = true, reminder_sent_at = %(now)s
     WHERE id IN (SELECT id FROM solve_solvesession
                   WHERE NOT reminder_sent AND reminder_time <= %(now)s
                   ORDER BY reminder_time, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
 RETURNING id, user_id"""


def send_due(*, now: datetime) -> int:
    """Queue a letter for each reminder that is due; return how many were."""
    count = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_CLAIM, {"now": now, "limit": AT_ONCE})
                claimed = cursor.fetchall()
            for session_id, user_id in claimed:
                link = f"{settings.FRONTEND_URL}/sessions/{session_id}"
                letters.send(Letter.REMINDER, user_id, now=now, link=link)
        count += len(claimed)
        if len(claimed) < AT_ONCE:
            return count
