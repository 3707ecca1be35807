"""Devices and sign-ins: who may come in, who is listed, who leaves."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Device, LoginSession, MailedToken, User
from solacore.kit.testing import Person

PASSWORD = "Quiet-Morning-7"


@pytest.fixture
def sign_in(wire):
    def sign_in(person, fingerprint=None, **headers):
        body = {
            "email": person.email,
            "password": person.password,
            "device_fingerprint": fingerprint or uuid.uuid4().hex,
        }
        return wire.send("POST", "/auth/login", body, headers=headers)

    return sign_in


@pytest.fixture
def roomy(ada):
    User.objects.filter(pk=ada.id).update(device_limit=3)
    return ada


def on_another(wire, person, sign_in, fingerprint=None):
    fingerprint = fingerprint or uuid.uuid4().hex
    reply = sign_in(person, fingerprint)
    assert reply.status == 200, reply.body
    return Person(wire, person.email, person.password, fingerprint, reply)


class TestList:
    def test_says_what_both_clients_read_and_which_one_is_calling(self, wire, roomy, sign_in):
        phone = on_another(wire, roomy, sign_in)
        Device.objects.filter(fingerprint=phone.fingerprint).update(name="Pixel 8")
        here, there = roomy.send("GET", "/auth/devices").json()
        assert (here["is_current"], here["is_active"]) == (True, True)
        assert (there["is_current"], there["is_active"]) == (False, False)
        assert there["device_name"] == there["name"] == "Pixel 8"
        assert there["last_active_at"] == there["last_seen"]
        assert here["ip"] == "127.0.0.1"
        assert {"platform", "user_agent", "created_at", "id"} <= set(here)
        assert phone.send("GET", "/auth/devices").json()[1]["is_current"] is True

    def test_inactive_ones_and_other_peoples_are_not_in_it(self, roomy, bob):
        Device.objects.create(
            user_id=roomy.id, fingerprint="gone", is_active=False, last_active_at=timezone.now()
        )
        assert len(roomy.send("GET", "/auth/devices").json()) == 1
        assert len(bob.send("GET", "/auth/devices").json()) == 1

    def test_sign_ins_too(self, wire, roomy, sign_in):
        on_another(wire, roomy, sign_in)
        LoginSession.objects.create(
            user_id=roomy.id, rotated_at=timezone.now(), expires_at=timezone.now()
        )
        first, second = roomy.send("GET", "/auth/sessions").json()
        assert (first["is_current"], second["is_current"]) == (True, False)
        assert set(first) == {"id", "device_id", "created_at", "expires_at", "is_current"}

    @pytest.mark.parametrize("path", ["/auth/devices", "/auth/sessions"])
    def test_costs_the_same_for_one_and_for_three(
        self, wire, roomy, sign_in, path, django_assert_num_queries
    ):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as one:
            roomy.send("GET", path)
        on_another(wire, roomy, sign_in)
        on_another(wire, roomy, sign_in)
        with django_assert_num_queries(len(one)):
            assert len(roomy.send("GET", path).json()) == 3


class TestRemoval:
    def remove(self, person, device_id, **headers):
        return person.send("DELETE", f"/auth/devices/{device_id}", headers=headers)

    def test_signs_the_device_out_and_frees_its_place(self, wire, roomy, sign_in):
        phone = on_another(wire, roomy, sign_in)
        device = Device.objects.get(fingerprint=phone.fingerprint)
        assert self.remove(roomy, device.pk).status == 204
        assert phone.send("GET", "/auth/me").code == "SESSION_REVOKED"
        assert len(roomy.send("GET", "/auth/devices").json()) == 1

    def test_once_a_day_by_utc(self, wire, roomy, sign_in):
        phones = [on_another(wire, roomy, sign_in) for _ in range(2)]
        ids = [Device.objects.get(fingerprint=phone.fingerprint).pk for phone in phones]
        assert self.remove(roomy, ids[0]).status == 204
        refused = self.remove(roomy, ids[1])
        assert (refused.status, refused.code) == (429, "REMOVAL_LIMIT_EXCEEDED")
        assert refused.json()["detail"] == {"error": "REMOVAL_LIMIT_EXCEEDED"}
        assert 0 < int(refused.header("retry-after")) <= 86400
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        Device.objects.filter(pk=ids[0]).update(last_removal_at=midnight - timedelta(seconds=1))
        assert self.remove(roomy, ids[1]).status == 204

    def test_of_the_calling_device_is_refused_whatever_the_header_says(self, wire, roomy, sign_in):
        phone = on_another(wire, roomy, sign_in)
        mine = Device.objects.get(fingerprint=roomy.fingerprint).pk
        theirs = Device.objects.get(fingerprint=phone.fingerprint).pk
        for device, header in (
            (mine, roomy.fingerprint),
            (mine, "other"),
            (theirs, phone.fingerprint),
        ):
            reply = self.remove(roomy, device, **{"x-device-fingerprint": header})
            assert (reply.status, reply.code) == (400, "CANNOT_REMOVE_CURRENT_DEVICE")

    def test_needs_the_header(self, wire, ada):
        bearer = {"authorization": ada.headers["authorization"]}
        reply = wire.send("DELETE", f"/auth/devices/{uuid.uuid4()}", headers=bearer)
        assert reply.status == 422
        assert reply.json()["detail"][0]["loc"] == ["header", "X-Device-Fingerprint"]

    def test_of_somebody_elses_is_like_one_that_never_was(self, ada, bob):
        theirs = Device.objects.get(user_id=bob.id).pk
        foreign, unknown = self.remove(ada, theirs), self.remove(ada, uuid.uuid4())
        assert foreign.status == unknown.status == 404
        assert foreign.json()["error"] == unknown.json()["error"] == "DEVICE_NOT_FOUND"
        assert bob.send("GET", "/auth/me").status == 200


class TestLimit:
    def test_stale_device_gives_way_silently(self, ada, sign_in, mailoutbox):
        long_ago = timezone.now() - timedelta(days=31)
        Device.objects.filter(user_id=ada.id).update(last_active_at=long_ago)
        assert sign_in(ada, "new").status == 200
        assert not any("free-device" in letter.body for letter in mailoutbox)
        assert ada.send("GET", "/auth/me").code == "SESSION_REVOKED"
        assert [d.fingerprint for d in Device.objects.active()] == ["new"]

    def test_device_in_use_does_not(self, ada, sign_in):
        used = timezone.now() - timedelta(days=29)
        Device.objects.filter(user_id=ada.id).update(last_active_at=used)
        assert sign_in(ada).code == "DEVICE_LIMIT_REACHED"

    def test_refresh_counts_as_use(self, wire, ada):
        Device.objects.update(last_active_at=timezone.now() - timedelta(days=31))
        token = ada.reply.json()["refresh_token"]
        wire.send(
            "POST", "/auth/refresh", {"refresh_token": token}, headers={"user-agent": "App/2"}
        )
        device = Device.objects.get()
        assert timezone.now() - device.last_active_at < timedelta(minutes=1)
        assert device.user_agent == "App/2"

    def test_after_a_downgrade_one_stale_device_is_not_room_enough(self, wire, roomy, sign_in):
        on_another(wire, roomy, sign_in)
        long_ago = timezone.now() - timedelta(days=31)
        Device.objects.filter(fingerprint=roomy.fingerprint).update(last_active_at=long_ago)
        User.objects.update(device_limit=1)
        assert sign_in(roomy).code == "DEVICE_LIMIT_REACHED"

    def test_mailed_link_frees_the_oldest_once(self, wire, ada, sign_in, mailoutbox):
        assert sign_in(ada, "new").code == "DEVICE_LIMIT_REACHED"
        link = next(w for w in mailoutbox[-1].body.split() if "/mail/free-device?token=" in w)
        token = link.split("token=")[1]
        page = wire.send("GET", f"/mail/free-device?token={token}")
        assert page.status == 200
        assert MailedToken.objects.filter(purpose="free_device").exists()  # looking changes nothing
        done = self.press(wire, page, "/mail/free-device", token)
        assert done.status == 200
        assert ada.send("GET", "/auth/me").code == "SESSION_REVOKED"
        assert sign_in(ada, "new").status == 200
        assert self.press(wire, page, "/mail/free-device", token).status == 400

    def press(self, wire, page, path, token):
        cookie = page.cookies["staff_csrf"]
        form = page.body.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        return wire.send(
            "POST", path, body=f"csrfmiddlewaretoken={form}&token={token}".encode(),
            headers={"content-type": "application/x-www-form-urlencoded",
                     "cookie": f"staff_csrf={cookie}", "origin": "http://localhost"},
        )  # fmt: skip

    def test_letter_comes_at_most_three_times_an_hour(self, ada, sign_in, mailoutbox):
        for _ in range(5):
            sign_in(ada)
        assert len([m for m in mailoutbox if "free-device" in m.body]) == 3


class TestEnding:
    def test_one_of_mine(self, wire, roomy, sign_in):
        phone = on_another(wire, roomy, sign_in)
        ids = {s["is_current"]: s["id"] for s in roomy.send("GET", "/auth/sessions").json()}
        assert roomy.send("DELETE", f"/auth/sessions/{ids[False]}").status == 204
        assert phone.send("GET", "/auth/me").code == "SESSION_REVOKED"
        assert roomy.send("DELETE", f"/auth/sessions/{ids[True]}").status == 204
        assert roomy.send("GET", "/auth/me").code == "SESSION_REVOKED"

    def test_somebody_elses_is_like_one_that_never_was(self, ada, bob):
        theirs = LoginSession.objects.get(user_id=bob.id).pk
        foreign = ada.send("DELETE", f"/auth/sessions/{theirs}")
        unknown = ada.send("DELETE", f"/auth/sessions/{uuid.uuid4()}")
        assert foreign.status == unknown.status == 404
        assert foreign.code == unknown.code == "SESSION_NOT_FOUND"
        assert bob.send("GET", "/auth/me").status == 200

    def test_all_but_this_one(self, wire, roomy, sign_in, bob):
        phone = on_another(wire, roomy, sign_in)
        assert roomy.send("DELETE", "/auth/sessions").status == 204
        assert phone.send("GET", "/auth/me").status == 401
        assert roomy.send("GET", "/auth/me").status == 200
        assert bob.send("GET", "/auth/me").status == 200


def test_new_device_is_announced_to_its_owner(wire, roomy, sign_in, mailoutbox):
    mailoutbox.clear()
    on_another(wire, roomy, sign_in, "f2")
    assert [m.subject for m in mailoutbox] == ["You signed in on a new device"]
    on_another(wire, roomy, sign_in, "f2")
    assert len(mailoutbox) == 1


class TestBeta:
    @pytest.fixture(autouse=True)
    def on(self, settings):
        settings.BETA_MODE = True

    def come(self, wire, body=None, **headers):
        return wire.send("POST", "/auth/beta-login", body, headers=headers)

    def test_is_off_by_default(self, wire, settings):
        settings.BETA_MODE = False
        reply = self.come(wire)
        assert (reply.status, reply.json()["detail"]) == (403, {"error": "BETA_MODE_DISABLED"})
        assert User.objects.count() == 0

    def test_each_device_is_an_account_of_its_own_and_stays_it(self, wire):
        one = self.come(wire, {"device_fingerprint": "a"})
        two = self.come(wire, {"device_fingerprint": "b"})
        again = self.come(wire, {"device_fingerprint": "a", "device_name": "iPad"})
        assert one.json()["user_id"] == again.json()["user_id"] != two.json()["user_id"]

    def test_testers_see_nothing_of_each_other(self, wire):
        people = [Person(wire, "", "", f, self.come(wire, {"device_fingerprint": f})) for f in "ab"]
        session = people[0].open_session()
        assert people[1].send("GET", f"/sessions/{session}").status == 404
        assert people[1].send("GET", "/sessions").json()["total"] == 0

    def test_phone_that_names_itself_later_is_bound_on_the_fly(self, wire, ada):
        phone = Person(wire, "", "", "f" * 64, self.come(wire))
        assert phone.open_session()
        names = {d.fingerprint for d in Device.objects.filter(user_id=phone.id)}
        assert names == {f"beta:{phone.id}", "f" * 64}
        phone.fingerprint = ada.fingerprint
        refused = phone.send("POST", "/sessions")
        assert (refused.status, refused.code) == (403, "DEVICE_NOT_FOUND")

    def test_device_of_somebody_with_a_password_opens_nothing(self, wire, ada):
        reply = self.come(wire, {"device_fingerprint": ada.fingerprint})
        assert (reply.status, reply.code) == (403, "DEVICE_BOUND_TO_OTHER")

    def test_clean_up_logout_that_comes_too_late_is_let_pass(self, wire):
        reply = self.come(wire, {"device_fingerprint": "a"})
        browser = {
            "origin": "https://solacore.app",
            "cookie": f"access_token={reply.cookies['access_token']}",
        }
        out = wire.send("POST", "/auth/logout", headers=browser)
        assert (out.status, out.cookies) == (204, {})
        LoginSession.objects.update(created_at=timezone.now() - timedelta(seconds=3))
        out = wire.send("POST", "/auth/logout", headers=browser)
        assert out.cookies["access_token"] == ""
        assert LoginSession.objects.count() == 0
