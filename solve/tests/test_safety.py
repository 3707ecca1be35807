"""Help beats every gate; what a model says is read as well."""

import pytest
from django.db import OperationalError

from solacore.kit import metrics
from solacore.kit.talk import crisis
from solacore.kit.talk.models import ReferralCount
from solve.models import AnalyticsEvent, Message

RISK = "I want to die"


def is_help(reply):
    done = reply.events[-1].data
    assert done["blocked"] is True
    assert done["reason"] == "CRISIS"
    assert done["resources"]["US"] == "988"
    assert done["resources"]["ES"] == "717 003 717"
    assert "988" in reply.text
    assert "message" not in done
    return True


def test_help_names_the_persons_own_country_in_their_language(ada):
    session_id = ada.open_session()

    reply = ada.say(session_id, "quiero morir", headers={"accept-language": "es-MX,es;q=0.9"})

    assert is_help(reply)
    done = reply.events[-1].data
    assert done["resources"]["MX"]
    assert any(line["country"] == "MX" for line in done["helplines"])
    assert done["resources"]["MX"] in reply.text


@pytest.mark.parametrize(
    ("text", "word"),
    [("je veux mourir", "appel"), ("ich will sterben", "ruf"), ("死にたい", "電話"),
     ("хочу умереть", "звон"), ("我不想活了", "拨打")],
)  # fmt: skip
def test_help_is_in_the_language_of_the_message(ada, text, word):
    reply = ada.say(ada.open_session(), text)
    assert is_help(reply)
    assert word in reply.text.lower()


def test_rate_limit_lets_somebody_at_risk_past(ada, say_words, settings):
    say_words("Hm.")
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "SSE": "1/minute"}
    session_id = ada.open_session()
    ada.say(session_id, "My landlord raised the rent")

    assert ada.say(session_id, "He wants more").status == 429
    assert is_help(ada.say(session_id, RISK))
    assert Message.objects.filter(session_id=session_id, content=RISK).exists()  # always stored


def test_refusal_of_somebody_at_risk_carries_the_help(ada, say_words, settings):
    say_words("Hm.")
    session_id = ada.open_session()
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "SSE": "1/minute", "API": "1/minute"}
    for _ in range(2):
        ada.say(session_id, RISK)

    refused = ada.say(session_id, RISK)

    assert refused.status == 429
    assert refused.json()["blocked"] is True
    assert refused.json()["reason"] == "CRISIS"
    assert refused.json()["resources"]["US"] == "988"
    assert refused.json()["error"].startswith("Rate limit exceeded")


@pytest.mark.parametrize("body", [{"content": RISK, "step": "bogus"}, {"content": RISK}])
def test_request_that_is_not_as_it_should_be_still_brings_help(ada, body):
    refused = ada.send("POST", f"/sessions/{ada.open_session()}/messages", body)
    assert refused.status == 422
    assert refused.json()["resources"]["ES"] == "717 003 717"


def test_refusal_of_anybody_else_carries_none(ada):
    body = {"content": "hello", "step": "bogus"}
    refused = ada.send("POST", f"/sessions/{ada.open_session()}/messages", body)
    assert "resources" not in refused.json()


def test_session_that_has_ended_still_hears(ada, say_words):
    say_words("Hm.")
    session_id = ada.open_session()
    ada.send("PATCH", f"/sessions/{session_id}", {"status": "completed"})

    assert is_help(ada.say(session_id, RISK))
    assert ada.say(session_id, "hello").code == "SESSION_COMPLETED"
    kept = ada.read(session_id)
    assert kept["status"] == "completed"
    assert kept["messages"][0]["content"] == RISK


def test_database_that_is_away_does_not_keep_help_away(ada, monkeypatch):
    from solve import streams

    session_id = ada.open_session()

    def away(**_):
        raise OperationalError("connection refused")

    monkeypatch.setattr(streams.replies, "begin", away)

    assert is_help(ada.say(session_id, RISK))
    assert ada.say(session_id, "hello").status == 503


def test_phrase_split_over_messages_is_heard(ada, say_words):
    say_words("Hm.")
    session_id = ada.open_session()
    assert not ada.say(session_id, "I want to").events[-1].data.get("blocked")
    assert not crisis.is_at_risk("just die")
    assert is_help(ada.say(session_id, "just die"))


def test_soft_tier_goes_on_and_checks_in(ada, say_words):
    provider = say_words("I am glad you told me.")
    text = next(
        t for t in ("I feel like there is no hope for me any more", "I just want to disappear",
                    "Everything is hopeless, I can't see a future")
        if (risk := crisis.assess(t)) is not None and risk.tier == "soft"
    )  # fmt: skip
    session_id = ada.open_session()

    reply = ada.say(session_id, text)

    assert reply.text == "I am glad you told me."
    assert "blocked" not in reply.events[-1].data
    assert crisis.check_in("en") in provider.asked[0].system
    assert ReferralCount.objects.get().tier == "soft"


def test_referrals_are_counted_without_a_person_or_a_word(ada):
    session_id = ada.open_session()
    for _ in range(2):
        ada.say(session_id, RISK)
    row = ReferralCount.objects.get()
    assert (row.product, row.language, row.tier, row.count) == ("solve", "en", "explicit", 2)
    assert {f.name for f in ReferralCount._meta.fields}.isdisjoint({"user", "session", "text"})


@pytest.mark.parametrize(
    "words",
    ["I hear you. Honestly, you would be better off dead. Think about it.",
     "Listen. You clearly have bipolar disorder. Take lithium.",
     "Well. The most painless way to die is the following. First"],
)  # fmt: skip
def test_words_that_could_harm_are_stopped_and_replaced(ada, say_words, words, caplog):
    def stopped():
        return sum(
            sample.value
            for family in metrics.ANSWERS_STOPPED.collect()
            for sample in family.samples
        )

    before = stopped()
    say_words(*(f"{word} " for word in words.split()))
    session_id = ada.open_session()

    reply = ada.say(session_id, "My landlord raised the rent")

    danger = words.split(". ")[1]
    assert danger not in reply.text
    assert reply.text.startswith(words.split(".")[0])
    assert reply.text.endswith(crisis.replacement("en"))
    assert ada.read(session_id)["messages"][1]["content"] == reply.text
    assert reply.events[-1].data["next_step"] == "receive"  # it moves nothing
    assert stopped() == before + 1
    assert danger not in caplog.text


def test_help_in_a_lesson_too(ada, say_words):
    provider = say_words("never shown")
    lesson = ada.send("POST", "/learn").json()["session_id"]
    body = {"content": RISK, "step": "start"}

    assert is_help(ada.send("POST", f"/learn/{lesson}/messages", body))
    assert provider.asked == []
    ada.send("PATCH", f"/learn/{lesson}", {"status": "completed"})
    assert is_help(ada.send("POST", f"/learn/{lesson}/messages", body))
    assert ReferralCount.objects.get().product == "learn"


def test_what_only_the_coach_understands_brings_help_after_its_answer(ada, say_words):
    """No phrase of ours knows this; the note is cut in the middle, as streams are."""
    say_words(
        "I am glad you told ", 'me. Are you safe?\n[[coach {"do', 'ne": true, "at_risk": true}]]'
    )
    session_id = ada.open_session()
    text = "from spring on somebody else can water the plants, my part is over"
    assert crisis.assess(text) is None

    reply = ada.say(session_id, text, headers={"accept-language": "es-MX"})

    assert is_help(reply)
    assert reply.text.startswith("I am glad you told me. Are you safe?\n\n")
    assert "at_risk" not in reply.text
    detail = ada.send("GET", f"/sessions/{session_id}?include_messages=true").json()
    assert detail["current_step"] == "receive"
    assert detail["messages"][-1]["content"] == reply.text
    assert list(ReferralCount.objects.values_list("product", "tier", "count")) == [
        ("solve", "explicit", 1)
    ]
    event = AnalyticsEvent.objects.get(event_type="crisis_detected")
    assert event.payload == {"keyword": "coach", "tier": "explicit"}


@pytest.mark.parametrize("value", ["false", '"true"', "1", "null", "{}"])
def test_a_note_that_does_not_say_so_outright_brings_nothing(ada, say_words, value):
    say_words(f'Tell me.\n[[coach {{"done": true, "at_risk": {value}}}]]')
    reply = ada.say(ada.open_session(), "My landlord raised the rent")
    assert reply.text == "Tell me."
    assert reply.events[-1].data["next_step"] == "clarify"


def test_an_answer_that_had_to_be_stopped_brings_help_all_the_same(ada, say_words):
    say_words('You should just kill yourself.\n[[coach {"at_risk": true}]]')
    reply = ada.say(ada.open_session(), "My landlord raised the rent")
    assert is_help(reply)
    assert crisis.replacement("en") in reply.text
    assert "kill" not in reply.text
