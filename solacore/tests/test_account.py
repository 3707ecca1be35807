"""The whole account: taken along, and gone; the queue that finishes what was put off."""

import json
import threading
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Identity, LoginSession, MailedToken, SpentNonce, User
from billing.models import StripeCustomer
from billing.outside import stripe as stripe_outside
from billing.services import entitlements, spending
from learn.rules.concepts import NamedConcept
from learn.services import concepts
from solacore import account
from solacore.kit.llm import Spent
from solacore.ops import deferred
from solve.models import AnalyticsEvent, Message, SolveProfile, SolveSession

# Where each model that leads to a person stands in the export …
EXPORTED = {
    "accounts.Device": "devices",
    "accounts.Identity": "identities",
    "accounts.LoginSession": "active_sessions",
    "billing.Entitlement": "entitlements",
    "billing.StoreEvent": "store_events",
    "billing.StripeCustomer": "stripe_customers",
    "billing.Usage": "usage",
    "billing.UserSpending": "spending",
    "learn.CalendarFeed": "calendar_feeds",
    "learn.Card": "cards",
    "learn.Concept": "concepts",
    "learn.LearnerSettings": "learner_settings",
    "learn.Review": "reviews",
    "learn.LearnMessage": "learn_messages",
    "learn.LearnSession": "learn_sessions",
    "solve.AnalyticsEvent": "analytics_events",
    "solve.CheckIn": "check_ins",
    "solve.Message": "messages",
    "solve.SolveProfile": "solve_profiles",
    "solve.SolveSession": "solve_sessions",
    "solve.StepVisit": "step_history",
}
# … or why it does not.
LEFT_OUT = {
    "accounts.MailedToken": "a secret's digest, gone within days",
    "admin.LogEntry": "what staff did in the back office, not what the account owns",
    "accounts.User_groups": "staff rights",
    "accounts.User_user_permissions": "staff rights",
}


def models_of_people():
    """Every model from which a chain of foreign keys leads to a user."""
    found = {User}
    while True:
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.get_fields()
            if field.is_relation
            and field.many_to_one | bool(field.one_to_one and field.concrete)
            and field.related_model in found
        } - found
        if not more:
            return found - {User}
        found |= more


@pytest.fixture
def full(ada, mailoutbox):
    """Ada with something in every table that can hold anything of hers."""
    session = ada.open_session()
    ada.say(session, "I keep putting off the letter to my brother.")
    ada.wire.settle()
    SolveProfile.objects.get_or_create(session_id=session, defaults={"data": {"concern": "It"}})
    ada.send("PATCH", f"/sessions/{session}", {"tags": ["family"], "current_step": "reframe"})
    step = {"first_step_action": "Write two lines", "reminder_time": "2031-05-06T07:08:09Z"}
    ada.send("PATCH", f"/sessions/{session}", step)
    ada.wire.send("POST", "/auth/forgot-password", {"email": ada.email})
    Identity.objects.create(user_id=ada.id, provider="google", subject="ada-at-google")
    lesson = ada.send("POST", "/learn").json()["session_id"]
    ada.send(
        "POST", f"/learn/{lesson}/messages", {"content": "How do tides work?", "step": "start"}
    )
    ada.wire.settle()
    card = ada.send("POST", "/learn/cards", {"question": "Why?", "answer": "The moon"}).json()["id"]
    ada.send("POST", f"/learn/reviews/{card}/grade", {"rating": "good"})
    ada.send("PATCH", "/learn/settings", {"new_per_day": 9})
    ada.send("POST", "/learn/calendar")
    concepts.name(
        user_id=ada.id, session_id=lesson, concepts=[NamedConcept("Tides")], now=timezone.now()
    )
    StripeCustomer.objects.create(user_id=ada.id, customer_id="cus_ada")
    entitlements.grant(user_id=ada.id, tier="pro", until=None, reason="test", now=timezone.now())
    spending.record(user_id=ada.id, spents=[Spent("openai", "m", 10, 5)], now=timezone.now())
    return ada


@pytest.fixture
def stripe(settings):
    """A local Stripe that deletes customers, or fails."""
    calls, status = [], {"code": 200}

    class Handler(BaseHTTPRequestHandler):
        def do_DELETE(self):
            calls.append((self.path, self.headers["Authorization"]))
            error = {"error": {"type": "invalid_request_error", "code": "resource_missing"}}
            body = json.dumps({"id": "cus", "object": "customer", "deleted": True}
                              if status["code"] == 200 else error).encode()  # fmt: skip
            self.send_response(status["code"])
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{server.server_port}"
    settings.STRIPE_KEY = "sk_test_" + "x" * 32
    stripe_outside._client.cache_clear()
    yield calls, status
    stripe_outside._client.cache_clear()
    server.shutdown()
    server.server_close()


class TestExport:
    def test_every_model_of_people_is_in_it_or_has_a_reason(self, full):
        names = {model._meta.label for model in models_of_people()}
        # Stripe's own objects, copied for staff; deleted with the customer (leave_stripe).
        names = {name for name in names if not name.startswith("djstripe.")}
        assert names == set(EXPORTED) | set(LEFT_OUT)
        whole = full.send("GET", "/account/export").json()
        for section in EXPORTED.values():
            assert whole[section], section

    def test_has_the_contracts_keys(self, full):
        whole = full.send("GET", "/account/export").json()
        wanted = {
            "user": "id email auth_provider auth_provider_id locale is_active created_at updated_at",
            "devices": "id device_name platform is_active created_at last_active_at last_removal_at",
            "active_sessions": "id device_id created_at expires_at",
            "solve_sessions": "id status current_step locale first_step_action reminder_time created_at completed_at",
            "step_history": "id session_id step started_at completed_at message_count",
            "analytics_events": "id session_id event_type payload created_at",
        }
        for section, keys in wanted.items():
            row = whole[section] if section == "user" else whole[section][0]
            assert set(keys.split()) <= set(row), section
        assert "subscription" in whole
        assert whole["exported_at"].endswith("Z")

    def test_holds_what_was_said_byte_for_byte(self, ada):
        words = 'He said "no".\n\u2028 👩🏽‍🚀 שלום 你好 \\u0000'
        session = ada.open_session()
        ada.say(session, words)
        ada.wire.settle()
        said = ada.send("GET", "/account/export").json()["messages"]
        assert [m["content"] for m in said if m["role"] == "user"] == [words]
        assert len(said) == 2

    def test_template_prompt_is_not_the_owners(self, ada):
        call_command("seed", verbosity=0)
        template = ada.send("GET", "/api/v1/templates").json()["templates"][0]["id"]
        ada.open_session(template_id=template)
        roles = {m["role"] for m in ada.send("GET", "/account/export").json()["messages"]}
        assert roles == {"assistant"}

    def test_nothing_of_anybody_else(self, full, bob):
        session = bob.open_session()
        text = full.send("GET", "/account/export").body.decode()
        for word in (session, bob.email, str(bob.id), bob.fingerprint):
            assert word not in text

    def test_is_a_download_that_nobody_keeps(self, ada):
        reply = ada.send("GET", "/account/export")
        assert 'filename="solacore-export.json"' in reply.header("content-disposition")
        assert reply.header("cache-control") == "no-store"

    def test_memory_does_not_grow_with_the_account(self, ada):
        import tracemalloc

        session = SolveSession.objects.get(pk=ada.open_session())
        Message.objects.bulk_create(
            Message(session=session, number=n, role="user", content="x" * 1000)
            for n in range(1, 8001)
        )
        tracemalloc.start()
        with account.export(user_id=ada.id, now=timezone.now()) as file:
            size = file.seek(0, 2)
            _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size > 8_000_000
        assert peak < 8_000_000

    def test_is_for_the_signed_in(self, wire):
        assert wire.send("GET", "/account/export").code == "INVALID_TOKEN"


class TestDeletion:
    def test_leaves_nothing(self, wire, full, bob, stripe, mailoutbox):
        before = {m: m.objects.count() for m in models_of_people() if hasattr(m, "objects")}
        bobs = bob.open_session()
        reply = full.send("DELETE", "/account")
        assert reply.status == 204
        assert reply.cookies["access_token"] == reply.cookies["refresh_token"] == ""
        for model in models_of_people():
            left = model._default_manager.count()
            expected = {"accounts.Device": 1, "accounts.LoginSession": 1, "solve.SolveSession": 1,
                        "solve.StepVisit": 1, "billing.Usage": 1, "solve.AnalyticsEvent": 1,
                        "accounts.MailedToken": 1}  # fmt: skip
            assert left == expected.get(model._meta.label, 0), (model, before.get(model))
        assert not User.objects.filter(pk=full.id).exists()
        assert full.send("GET", "/auth/me").code == "INVALID_TOKEN"
        refresh = {"refresh_token": full.reply.json()["refresh_token"]}
        assert wire.send("POST", "/auth/refresh", refresh).status == 401
        assert bob.send("GET", f"/sessions/{bobs}").status == 200
        assert mailoutbox[-1].to == [full.email]
        assert mailoutbox[-1].subject == "Your account is deleted"

    def test_cancels_at_stripe(self, full, stripe):
        calls, _ = stripe
        full.send("DELETE", "/account")
        ((path, key),) = calls
        assert path == "/v1/customers/cus_ada"
        assert key.startswith("Bearer sk_test_")

    def test_customer_already_gone_is_no_fault(self, full, stripe):
        _, status = stripe
        status["code"] = 404
        stripe_outside.delete_customer("cus_gone")

    def test_address_is_free_again(self, wire, ada):
        ada.send("DELETE", "/account")
        body = {"email": ada.email, "password": ada.password, "device_fingerprint": ada.fingerprint}
        assert wire.send("POST", "/auth/register", body).status == 201

    @pytest.mark.parametrize(
        "crash_in",
        [
            "solve.services.sessions.erase_all",
            "billing.services.customers.erase",
            "accounts.services.users.erase",
        ],
    )
    def test_crash_anywhere_leaves_all_and_can_be_repeated(self, full, monkeypatch, crash_in):
        owned = Message.objects.count(), AnalyticsEvent.objects.count()
        with monkeypatch.context() as patch:

            def crash(**kwargs):
                raise SystemExit  # as if the process ended here

            patch.setattr(crash_in, crash)
            with pytest.raises(SystemExit):
                account.erase(user_id=full.id, now=timezone.now())
        assert (Message.objects.count(), AnalyticsEvent.objects.count()) == owned
        assert full.send("DELETE", "/account").status == 204

    def test_needs_csrf_with_cookies(self, wire, ada):
        cookie = {"cookie": f"access_token={ada.reply.cookies['access_token']}"}
        assert wire.send("DELETE", "/account", headers=cookie).code == "CSRF_TOKEN_MISSING"
        assert User.objects.filter(pk=ada.id).exists()

    def test_second_call_says_who_is_missing(self, ada):
        account.erase(user_id=ada.id, now=timezone.now())
        with pytest.raises(account.UserNotFound):
            account.erase(user_id=ada.id, now=timezone.now())


class TestQueue:
    """With the real queue in place of the tests' immediate one."""

    @pytest.fixture(autouse=True)
    def queue(self, settings, db, monkeypatch):
        # The worker would close the connection that the test's transaction lives in.
        worker = "django_tasks_db.management.commands.db_worker.close_old_connections"
        monkeypatch.setattr(worker, lambda: None)
        settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    def work(self):
        call_command("db_worker", batch=True, startup_delay=False, verbosity=0)

    def test_letter_waits_in_it_without_a_secret(self, wire, ada, mailoutbox):
        (task,) = DBTaskResult.objects.all()
        assert task.args_kwargs["args"][:2] == ["verify", str(ada.id)]
        assert mailoutbox == []
        self.work()
        assert len(mailoutbox) == 1
        assert ada.email not in json.dumps(task.args_kwargs)

    def test_refused_registration_queues_nothing(self, wire, ada):
        DBTaskResult.objects.all().delete()
        body = {
            "email": "new@example.com",
            "password": ada.password,
            "device_fingerprint": ada.fingerprint,
        }
        assert wire.send("POST", "/auth/register", body).status == 400
        assert not DBTaskResult.objects.exists()

    def test_failure_is_tried_again_later_and_then_given_up(self, ada, settings, mailoutbox):
        settings.EMAIL_BACKEND = "accounts.tests.test_passwords.Broken"
        self.work()
        task = DBTaskResult.objects.get()
        assert task.status == "FAILED"
        assert deferred.put_back() == 0  # not at once
        waited = timezone.now() - timedelta(seconds=31)
        DBTaskResult.objects.update(finished_at=waited)
        assert deferred.put_back() == 1
        self.work()
        assert deferred.put_back() == 0
        DBTaskResult.objects.update(finished_at=waited)
        assert deferred.put_back() == 0  # the second pause is longer
        DBTaskResult.objects.update(finished_at=waited - timedelta(seconds=31))
        assert deferred.put_back() == 1
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        self.work()
        assert DBTaskResult.objects.get().status == "SUCCESSFUL"
        assert len(mailoutbox) == 1
        DBTaskResult.objects.update(
            status="FAILED", finished_at=timezone.now() - timedelta(days=1), worker_ids=["w"] * 8
        )
        assert deferred.put_back() == 0

    def test_work_of_a_worker_that_died_is_found(self, ada, mailoutbox):
        DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now(), worker_ids=["w"])
        call_command("retry_tasks", verbosity=0)
        self.work()
        assert mailoutbox == []
        DBTaskResult.objects.update(started_at=timezone.now() - timedelta(minutes=11))
        call_command("retry_tasks", verbosity=0)
        self.work()
        assert len(mailoutbox) == 1

    def test_stripe_is_asked_until_it_answers(self, full, stripe):
        calls, status = stripe
        status["code"] = 500
        assert full.send("DELETE", "/account").status == 204
        self.work()
        assert len(calls) == 1
        status["code"] = 200
        DBTaskResult.objects.filter(status="FAILED").update(
            finished_at=timezone.now() - timedelta(minutes=1)
        )
        deferred.put_back()
        self.work()
        assert len(calls) == 2
        assert not DBTaskResult.objects.filter(
            task_path__contains="stripe", status="FAILED"
        ).exists()


class TestCommands:
    def run(self, *args, stdin="", **options):
        out = StringIO()
        call_command(*args, stdout=out, **options)
        return out.getvalue()

    def test_create_staff_reads_the_password_and_gives_rights(self, db, monkeypatch):
        call_command("seed", verbosity=0)
        monkeypatch.setattr("sys.stdin", StringIO("Quiet-Morning-7\n"))
        self.run("create_staff", "sue@example.com", superuser=True)
        sue = User.objects.get(email="sue@example.com")
        assert (sue.is_staff, sue.is_superuser) == (True, True)
        assert sue.check_password("Quiet-Morning-7")
        for password, email, message in (
            ("weak", "new@example.com", "at least 8"),
            ("Quiet-Morning-7", "sue@example.com", "already"),
            ("Quiet-Morning-7", "nonsense", "not an e-mail"),
        ):
            monkeypatch.setattr("sys.stdin", StringIO(password + "\n"))
            with pytest.raises(CommandError, match=message):
                self.run("create_staff", email)
        with pytest.raises(CommandError, match="no group"):
            self.run("create_staff", "g@example.com", group=["none"], generate=True)
        assert not User.objects.filter(email="g@example.com").exists()

    def test_verify_email(self, ada):
        assert "Confirmed." in self.run("verify_email", ada.email)
        assert "already" in self.run("verify_email", ada.email.upper())
        with pytest.raises(CommandError, match="no such account"):
            self.run("verify_email", "no@example.com")

    def test_prune_sessions(self, ada, bob):
        past = timezone.now() - timedelta(minutes=1)
        LoginSession.objects.filter(user_id=ada.id).update(expires_at=past)
        MailedToken.objects.filter(user_id=ada.id).update(expires_at=past)
        SpentNonce.objects.create(digest="d", expires_at=past)
        assert "would be deleted" in self.run("prune_sessions", dry_run=True)
        assert LoginSession.objects.count() == 2
        self.run("prune_sessions")
        assert LoginSession.objects.count() == MailedToken.objects.count() == 1
        assert not SpentNonce.objects.exists()

    def test_export_user(self, full, tmp_path, monkeypatch):
        target = tmp_path / "ada.json"
        self.run("export_user", full.email, to=target)
        assert json.loads(target.read_bytes())["user"]["id"] == str(full.id)
        assert target.stat().st_mode & 0o777 == 0o600
        with pytest.raises(CommandError, match="anew"):
            self.run("export_user", full.email, to=target)

        class Out:
            buffer = BytesIO()

        monkeypatch.setattr("sys.stdout", Out)
        call_command("export_user", full.email)
        assert json.loads(Out.buffer.getvalue())["messages"]

    def test_delete_user_only_says_what_it_would_do(self, full, stripe):
        said = self.run("delete_user", full.email)
        assert "1 solve_sessions" in said
        assert "Nothing was deleted" in said
        assert User.objects.filter(pk=full.id).exists()
        self.run("delete_user", full.email, yes=True)
        assert not User.objects.filter(pk=full.id).exists()


# Every account route that takes an id, for everybody who is not its owner.
ROUTES = [
    ("DELETE", "/auth/devices/{device}", "DEVICE_NOT_FOUND"),
    ("DELETE", "/auth/sessions/{login}", "SESSION_NOT_FOUND"),
    ("GET", "/sessions/{session}", "SESSION_NOT_FOUND"),
    ("PATCH", "/sessions/{session}", "SESSION_NOT_FOUND"),
    ("DELETE", "/sessions/{session}", "SESSION_NOT_FOUND"),
    ("GET", "/sessions/{session}/profile", "SESSION_NOT_FOUND"),
    ("DELETE", "/sessions/{session}/profile", "SESSION_NOT_FOUND"),
    ("POST", "/sessions/{session}/messages", "SESSION_NOT_FOUND"),
    ("GET", "/sessions/{session}/messages/{message}/stream", None),
    ("POST", "/sessions/{session}/messages/{message}/stop", None),
]
BODIES = {"PATCH": {"tags": ["x"]}, "POST": {"content": "hello", "step": "receive"}}


@pytest.mark.parametrize(("method", "path", "code"), ROUTES)
def test_nobody_but_the_owner_reaches_an_object(wire, full, bob, method, path, code):
    session = SolveSession.objects.get(user_id=full.id)
    ids = {
        "device": full.send("GET", "/auth/devices").json()[0]["id"],
        "login": LoginSession.objects.get(user_id=full.id).pk,
        "session": session.pk,
        "message": session.messages.filter(role="assistant").first().pk,
    }
    before = snapshot()
    target, unknown = path.format(**ids), path.format(**dict.fromkeys(ids, uuid.uuid4()))
    body = BODIES.get(method)

    foreign, missing = bob.send(method, target, body), bob.send(method, unknown, body)
    assert foreign.status == missing.status == 404
    assert strip(foreign) == strip(missing)
    if code:
        assert foreign.code == code
    nobody = wire.send(method, target, body, headers={"origin": "https://solacore.app"})
    assert nobody.status == 401
    # Naming the owner elsewhere helps nobody.
    named = {**(body or {}), "user_id": str(full.id), "session_id": str(ids["session"])}
    assert bob.send(method, f"{target}?user_id={full.id}", named if body else None).status == 404
    User.objects.filter(pk=full.id).update(is_active=False)
    assert full.send(method, target, body).status == 401
    User.objects.filter(pk=full.id).update(is_active=True)
    assert snapshot() == before


def strip(reply):
    return {k: v for k, v in reply.json().items() if k != "request_id"}


def snapshot():
    """How many rows every table has, and what stands in the sessions."""
    counts = {m._meta.label: m._default_manager.count() for m in models_of_people()}
    return counts, list(SolveSession.objects.order_by("pk").values())
