"""What the queue of deferred work lacks: another try, and finding what a dead worker held.

``django-tasks-db`` runs a task once. Ours are idempotent, so one that failed, or whose worker
died, is simply put back, later each time.
"""

import logging
import threading

from django.db import DatabaseError, connection
from django_tasks_db.management.commands.db_worker import Worker

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
TRIES = 8  # over about two hours: 30 s, 1, 2, 4, … minutes apart
LOST = "10 minutes"  # longer than any task takes

_PUT_BACK = """
    UPDATE django_tasks_database_dbtaskresult
       SET status = 'READY', finished_at = NULL
     WHERE (status = 'FAILED' AND jsonb_array_length(worker_ids) < %s
            AND finished_at < now() - interval '30 seconds'
                              * power(2, jsonb_array_length(worker_ids) - 1))
        OR (status = 'RUNNING' AND started_at < now() - %s::interval
            AND jsonb_array_length(worker_ids) < %s)"""
_LOST_FOR_GOOD = """
    UPDATE django_tasks_database_dbtaskresult SET status = 'FAILED', finished_at = now()
     WHERE status = 'RUNNING' AND started_at < now() - %s::interval"""


def put_back() -> int:
    """Queue again what failed or was lost, by the database's clock; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_BACK, [TRIES, LOST, TRIES])
        count = int(cursor.rowcount)
        cursor.execute(_LOST_FOR_GOOD, [LOST])
    return count


def work(stop: threading.Event) -> None:
    """Work the queue in this thread until ``stop`` is set: the embedded server's worker.

    Production has ``manage.py db_worker``, the same loop in a process of its own.
    """
    while not stop.is_set():
        worker = Worker(
            queue_names=["*"],
            interval=POLL_SECONDS,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="embedded",
        )
        try:
            worker.run()
        except DatabaseError as error:
            logger.warning("The queue cannot be read", extra={"fault": type(error).__name__})
            stop.wait(1)
        finally:
            connection.close()
