"""Passwords forgotten, chosen, changed; addresses confirmed; the letters about it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import LoginSession, MailedToken, Tally, User
from accounts.services import letters
from accounts.services.letters import Letter
from solacore.kit import mail

NEW = "Other-Morning-8"


def forgot(wire, email):
    return wire.send("POST", "/auth/forgot-password", {"email": email})


def token_in(letter):
    return letter.body.split("token=")[1].split()[0]


def reset(wire, token, password=NEW):
    return wire.send("POST", "/auth/reset-password", {"token": token, "new_password": password})


def login(wire, person, password):
    body = {"email": person.email, "password": password, "device_fingerprint": person.fingerprint}
    return wire.send("POST", "/auth/login", body)


class TestForgotten:
    def test_answer_is_the_same_for_everybody(self, wire, ada, bob, mailoutbox):
        User.objects.filter(pk=bob.id).update(is_active=False)
        mailoutbox.clear()
        known, unknown, inactive = (
            forgot(wire, e) for e in (ada.email, "no@example.com", bob.email)
        )
        assert known.status == unknown.status == inactive.status == 200
        assert known.body == unknown.body == inactive.body

        def names(reply):
            return [key for key, _ in reply.headers]

        assert names(known) == names(unknown) == names(inactive)
        assert [m.to for m in mailoutbox] == [[ada.email]]

    def test_letter_has_the_clients_link_and_the_code_to_paste(
        self, wire, ada, mailoutbox, settings
    ):
        forgot(wire, ada.email.upper())
        letter = mailoutbox[-1]
        link = re.search(r"(\S+/reset-password)\?token=(\S+)", letter.body)
        assert link[1] == f"{settings.FRONTEND_URL}/reset-password"
        assert letter.body.count(link[2]) == 2
        html = letter.alternatives[0][0]
        assert f'href="{link[0]}"' in html

    def test_new_password_works_everything_else_ends(self, wire, ada, mailoutbox):
        forgot(wire, ada.email)
        token = token_in(mailoutbox[-1])
        reply = reset(wire, token)
        assert reply.status == 200
        assert "changed" in reply.json()["message"]
        assert ada.send("GET", "/auth/me").code == "SESSION_REVOKED"
        assert login(wire, ada, ada.password).status == 401
        assert login(wire, ada, NEW).status == 200
        assert mailoutbox[-1].subject == "Your password was changed"
        assert User.objects.get(pk=ada.id).email_verified_at  # the letter has arrived

    def test_link_works_once_and_only_the_newest(self, wire, ada, mailoutbox):
        forgot(wire, ada.email)
        forgot(wire, ada.email)
        old, new = (token_in(m) for m in mailoutbox[-2:])
        refused = reset(wire, old)
        assert (refused.status, refused.code) == (400, "INVALID_OR_EXPIRED_TOKEN")
        assert refused.json()["detail"] == {"error": "INVALID_OR_EXPIRED_TOKEN"}
        assert reset(wire, new).status == 200
        assert reset(wire, new).status == 400

    def test_link_dies_after_half_an_hour(self, wire, ada, mailoutbox):
        forgot(wire, ada.email)
        left = MailedToken.objects.get(purpose="reset").expires_at - timezone.now()
        assert timedelta(minutes=29) < left <= timedelta(minutes=30)
        MailedToken.objects.update(expires_at=timezone.now())
        assert reset(wire, token_in(mailoutbox[-1])).status == 400

    def test_flood_of_requests_leaves_the_owner_a_working_link(self, wire, ada, mailoutbox):
        mailoutbox.clear()
        for _ in range(6):
            forgot(wire, ada.email)
        assert len(mailoutbox) == 3
        assert reset(wire, token_in(mailoutbox[-1])).status == 200

    def test_weak_password_uses_no_link_up(self, wire, ada, mailoutbox):
        forgot(wire, ada.email)
        token = token_in(mailoutbox[-1])
        reply = reset(wire, token, "weak")
        assert reply.status == 422
        assert b"weak" not in reply.body
        assert reset(wire, token).status == 200

    @pytest.mark.parametrize("token", ["x", "é", "\x00", "", "t" * 513, None, 5])
    def test_rubbish_is_refused(self, wire, token):
        assert reset(wire, token).status in (400, 422)

    def test_token_of_another_kind_is_none(self, wire, ada, mailoutbox):
        verification = token_in(mailoutbox[0])
        assert reset(wire, verification).status == 400
        forgot(wire, ada.email)
        body = {"token": token_in(mailoutbox[-1])}
        assert wire.send("POST", "/auth/verify-email", body).status == 400

    def test_nothing_secret_is_kept(self, wire, ada, mailoutbox):
        forgot(wire, ada.email)
        token = token_in(mailoutbox[-1])
        assert not MailedToken.objects.filter(digest__contains=token[:20]).exists()

    def test_failed_mail_server_leaves_no_trace_for_the_next_try(
        self, wire, ada, settings, mailoutbox
    ):
        settings.EMAIL_BACKEND = "accounts.tests.test_passwords.Broken"
        assert forgot(wire, ada.email).status == 200
        assert not MailedToken.objects.filter(purpose="reset").exists()
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        for _ in range(3):
            forgot(wire, ada.email)
        assert len([m for m in mailoutbox if "reset-password" in m.body]) == 3


class Broken:
    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise OSError("the mail server is away")


class TestChange:
    def change(self, person, current, new=NEW):
        body = {"current_password": current, "new_password": new}
        return person.send("POST", "/auth/change-password", body)

    def test_needs_the_current_one(self, wire, ada):
        reply = self.change(ada, "Wrong-Morning-7")
        assert (reply.status, reply.code) == (400, "INVALID_CURRENT_PASSWORD")
        assert login(wire, ada, ada.password).status == 200

    def test_ends_all_other_sign_ins(self, wire, ada, mailoutbox):
        other = login(wire, ada, ada.password).json()["access_token"]
        assert self.change(ada, ada.password).status == 200
        assert ada.send("GET", "/auth/me").status == 200
        bearer = {"authorization": f"Bearer {other}"}
        assert wire.send("GET", "/auth/me", headers=bearer).code == "SESSION_REVOKED"
        assert login(wire, ada, NEW).status == 200
        assert mailoutbox[-1].subject == "Your password was changed"

    def test_guessing_is_limited(self, ada):
        replies = [self.change(ada, f"Wrong-Morning-{n}") for n in range(11)]
        assert [r.status for r in replies] == [400] * 10 + [429]
        assert int(replies[-1].header("retry-after")) <= 900

    def test_is_for_the_signed_in(self, wire):
        body = {"current_password": "x", "new_password": NEW}
        headers = {"origin": "https://solacore.app"}
        assert wire.send("POST", "/auth/change-password", body, headers=headers).status == 401


class TestVerification:
    def test_registration_asks_and_the_link_confirms(self, wire, ada, mailoutbox):
        (letter,) = mailoutbox
        assert "/mail/verify?token=" in letter.body
        body = {"token": token_in(letter)}
        headers = {"origin": "https://solacore.app"}
        assert wire.send("POST", "/auth/verify-email", body, headers=headers).status == 200
        assert User.objects.get(pk=ada.id).email_verified_at
        assert wire.send("POST", "/auth/verify-email", body, headers=headers).status == 400

    def test_page_asks_first(self, wire, ada, mailoutbox):
        token = token_in(mailoutbox[0])
        page = wire.send("GET", f"/mail/verify?token={token}", headers={"accept-language": "es"})
        assert "Confirma tu dirección" in page.body.decode()
        assert User.objects.get(pk=ada.id).email_verified_at is None

    def test_page_does_not_echo_what_is_no_token(self, wire):
        page = wire.send("GET", "/mail/verify?token=%22%3E%3Cscript%3E")
        assert b"<script>" not in page.body

    def test_letter_can_be_asked_for_again(self, ada, mailoutbox):
        assert ada.send("POST", "/auth/verify-email/send").status == 204
        assert len(mailoutbox) == 2
        User.objects.update(email_verified_at=timezone.now())
        ada.send("POST", "/auth/verify-email/send")
        assert len(mailoutbox) == 2

    def test_everything_works_without(self, ada):
        assert ada.open_session()


class TestLetters:
    @pytest.mark.parametrize("language", mail.LANGUAGES)
    @pytest.mark.parametrize("letter", list(Letter))
    def test_every_letter_in_every_language(self, mailoutbox, letter, language):
        facts = {"link": "https://x.example/a?token=t", "token": "t", "device": "<b>Pixel</b>",
                 "time": "now", "provider": "Google"}  # fmt: skip
        mail.deliver(letter, to="a@example.com", locale=f"{language}-XX", facts=facts)
        (sent,) = mailoutbox
        html = sent.alternatives[0][0]
        for text in (sent.subject, sent.body, html):
            assert "{{" not in text
            assert "[[" not in text
        assert "<b>Pixel</b>" not in html
        assert "\n" not in sent.subject
        if letter is not Letter.GOODBYE:
            assert facts["link"] in sent.body
        if language == "zh":
            assert re.search(r"[一-鿿]", sent.subject)

    def test_language_is_the_browsers_at_registration(self, wire, mailoutbox):
        for header, word in (
            ("zh-CN,zh;q=0.9", "确认"),
            ("fr, es;q=0.5", "Confirma"),
            ("fr", "Confirm your"),
            ("*;q=x", "Confirm your"),
        ):
            body = {
                "email": f"{uuid.uuid4().hex[:8]}@example.com",
                "password": NEW,
                "device_fingerprint": uuid.uuid4().hex,
            }
            wire.send("POST", "/auth/register", body, headers={"accept-language": header})
            assert mailoutbox[-1].subject.startswith(word)

    def test_device_name_forges_no_header_and_no_paragraph(self, mailoutbox):
        facts = {
            "device": "a\r\nBcc: evil@example.com\n\nhttps://evil.example",
            "time": "",
            "link": "",
        }
        mail.deliver("new_device", to="a@example.com", locale="en", facts=facts)
        (sent,) = mailoutbox
        assert "Bcc" not in sent.message()
        assert 'href="https://evil.example"' not in sent.alternatives[0][0]

    def test_owner_hears_of_a_second_registration_once_a_day(self, wire, ada, mailoutbox):
        mailoutbox.clear()
        body = {"email": ada.email, "password": NEW, "device_fingerprint": "z"}
        for _ in range(3):
            assert wire.send("POST", "/auth/register", body).status == 409
        assert [m.subject for m in mailoutbox] == ["You already have a Solacore account"]

    def test_owner_hears_of_a_replayed_key(self, wire, ada, mailoutbox):
        token = ada.reply.json()["refresh_token"]
        wire.send("POST", "/auth/refresh", {"refresh_token": token})
        LoginSession.objects.update(rotated_at=timezone.now() - timedelta(minutes=1))
        assert wire.send("POST", "/auth/refresh", {"refresh_token": token}).status == 401
        assert mailoutbox[-1].subject == "We ended a sign-in to protect you"

    def test_gone_people_get_none(self, ada, mailoutbox):
        mailoutbox.clear()
        letters.write.enqueue(Letter.VERIFY.value, str(uuid.uuid4()), {})
        User.objects.filter(pk=ada.id).update(is_active=False)
        letters.write.enqueue(Letter.NEW_DEVICE.value, str(ada.id), {})
        assert mailoutbox == []


class TestBruteForce:
    def guess(self, wire, email, n=0, ip="127.0.0.1", fingerprint=None, password="Wrong-Morning-7"):
        body = {"email": email, "password": password, "device_fingerprint": fingerprint or f"x{n}"}
        return wire.send("POST", "/auth/login", body, client=ip)

    def test_account_is_guarded_from_many_addresses_and_its_owner_is_not_shut_out(self, wire, ada):
        replies = [self.guess(wire, ada.email, n, f"10.0.0.{n}") for n in range(12)]
        assert [r.status for r in replies] == [401] * 10 + [429] * 2
        assert 0 < int(replies[-1].header("retry-after")) <= 900
        stranger = self.guess(wire, ada.email, 99, "10.0.0.99", password=ada.password)
        assert stranger.status == 429
        assert login(wire, ada, ada.password).status == 200  # her own device is known

    def test_unknown_address_is_guarded_alike(self, wire):
        replies = [self.guess(wire, "no@example.com", n, f"10.0.0.{n}") for n in range(12)]
        assert [r.status for r in replies] == [401] * 10 + [429] * 2

    def test_device_is_guarded(self, wire):
        replies = [
            self.guess(wire, f"{n}@example.com", ip=f"10.0.0.{n}", fingerprint="one")
            for n in range(21)
        ]
        assert [r.status for r in replies] == [401] * 20 + [429]

    def test_address_that_sprays_is_guarded_in_sql(self, wire, settings):
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, "AUTH": "5/hour"}
        from accounts import limits
        from accounts.services import tallies

        who = {limits.per_address(): "10.9.9.9"}
        for _ in range(5):
            tallies.add(who, now=timezone.now())
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, "AUTH": "100000/minute"}
        assert Tally.objects.get().count == 5
        with pytest.raises(Exception, match="RATE_LIMITED"):
            tallies.add(who, now=timezone.now())

    def test_window_ends_however_many_tries_it_saw(self, wire, ada):
        for n in range(15):
            self.guess(wire, ada.email, n, f"10.0.0.{n}")
        Tally.objects.update(expires_at=timezone.now())
        assert self.guess(wire, ada.email, 50, "10.0.0.50").status == 401

    def test_reset_opens_the_account_again(self, wire, ada, mailoutbox):
        for n in range(12):
            self.guess(wire, ada.email, n, f"10.0.0.{n}")
        forgot(wire, ada.email)
        reset(wire, token_in(mailoutbox[-1]))
        reply = self.guess(wire, ada.email, 77, "10.0.0.77", password=NEW)
        assert reply.code == "DEVICE_LIMIT_REACHED"  # the password was looked at, and right

    def test_tallies_name_nobody(self, wire, ada):
        Tally.objects.all().delete()  # the letter of her registration was counted as well
        self.guess(wire, ada.email)
        assert Tally.objects.count() == 3
        for tally in Tally.objects.all():
            assert re.fullmatch(r"[0-9a-f]{64}", tally.key)
            assert timezone.now() < tally.expires_at <= timezone.now() + timedelta(minutes=15)


def test_password_in_two_normal_forms_is_one(wire):
    body = {
        "email": f"{uuid.uuid4().hex[:8]}@example.com",
        "password": "Café-Morning-7",
        "device_fingerprint": "n1",
    }
    assert wire.send("POST", "/auth/register", body).status == 201
    parted = {**body, "password": "Cafe\u0301-Morning-7"}
    assert wire.send("POST", "/auth/login", parted).status == 200
