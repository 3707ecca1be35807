"""When people are asked how their first step went: planned, moved, withdrawn, sent by mail.

What they answer is ``follow_through``'s. Sessions handed in are locked by the caller.
"""

from datetime import datetime

from django.db import connection, transaction

from accounts.services import letters
from accounts.services.letters import Letter
from solve.models import CheckIn, SolveSession
from solve.rules.outcomes import Outcome, ask_at
from solve.rules.steps import Status

AT_ONCE = 100

# As with reminders: claimed and queued in one transaction, so two schedulers skip each other's
# and a crash between the two leaves both undone.
_CLAIM = """
    UPDATE solve_checkin AS c SET asked_at = %(now)s, updated_at = %(now)s
      FROM solve_solvesession AS s
     WHERE s.id = c.session_id
       AND c.id IN (SELECT id FROM solve_checkin
                     WHERE outcome IS NULL AND asked_at IS NULL AND due_at <= %(now)s
                     ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
 RETURNING c.id, s.user_id"""


def plan(session: SolveSession, now: datetime, *, moved: bool = True) -> None:
    """Bring a session's open check-in in line with its first step and the time chosen for it.

    ``moved``: the time is new, so an open check-in moves (and is asked anew). Otherwise only
    the step changed: an open check-in stays, one is planned only for a time still to come.
    """
    chosen = session.reminder_time
    idle = session.action_completed or session.status == Status.ABANDONED
    if idle or chosen is None or not session.first_step_action:
        withdraw(session)
    elif moved or (chosen > now and not session.check_ins.open().exists()):
        schedule(session, ask_at(chosen, now))


def schedule(session: SolveSession, due_at: datetime) -> CheckIn:
    """Ask at ``due_at``: move the open check-in (asked anew if the time differs) or open one."""
    found = session.check_ins.open().first()
    if found is None:
        return session.check_ins.create(due_at=due_at)
    if found.due_at != due_at:
        found.due_at, found.asked_at = due_at, None
        found.save(update_fields=["due_at", "asked_at", "updated_at"])
    return found


def withdraw(session: SolveSession) -> None:
    """Remove the check-in that nobody has been asked yet; one that was asked can be answered."""
    session.check_ins.unasked().delete()


def settle(session: SolveSession, now: datetime) -> None:
    """Answer the open check-in of a session whose step was ticked off elsewhere."""
    session.check_ins.open().update(outcome=Outcome.DONE, answered_at=now, updated_at=now)


def unsettle(session: SolveSession, now: datetime) -> None:
    """Open the newest check-in again if its answer was "done": it is not done after all."""
    newest = latest(session)
    if newest is not None and newest.outcome == Outcome.DONE:
        session.check_ins.filter(pk=newest.pk).update(
            outcome=None, answered_at=None, updated_at=now
        )


def latest(session: SolveSession) -> CheckIn | None:
    """Return a session's newest check-in: the open one, if there is one."""
    return session.check_ins.order_by("-created_at", "-pk").first()


def send_due(*, now: datetime) -> int:
    """Queue a letter for each check-in that is due; return how many were."""
    count = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_CLAIM, {"now": now, "limit": AT_ONCE})
                claimed = cursor.fetchall()
            for check_in_id, user_id in claimed:
                letters.send(Letter.CHECK_IN, user_id, now=now, about=check_in_id)
        count += len(claimed)
        if len(claimed) < AT_ONCE:
            return count
