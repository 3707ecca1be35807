"""Where models may be, what their tokens are taken to be, and which metrics alerts look at."""

import re
from pathlib import Path

import pytest

from solacore.env import MODEL_URLS, Env
from solacore.kit import llm, metrics
from solacore.kit.llm import Ask, Turn
from solacore.kit.llm.guard import LONGEST_UNIT, REPEATS, Guard, loops
from solacore.kit.llm.openai import OpenAI
from solacore.kit.llm.tokens import estimate, tokens

ALERTS = Path(__file__).resolve().parents[2] / "deploy" / "alerts.yml"
SOUND = {
    "environment": "production", "jwt_secret": "9f2kQ7vXz1LmT4bRw8YcHd6SgJ0pNaEu",
    "database_url": "postgresql://s:p@db:5432/s", "allowed_hosts": "api.solacore.app",
    "openai_api_key": "k", "cookie_domain": ".solacore.app", "frontend_url": "https://solacore.app",
    "debug": False, "beta_mode": False, "llm_provider": "openai", "google_client_id": "id",
    "stripe_secret_key": "sk", "stripe_webhook_secret": "whsec", "revenuecat_webhook_secret": "rc",
}  # fmt: skip


@pytest.mark.parametrize("name", MODEL_URLS)
@pytest.mark.parametrize(
    "url",
    ["http://example.com/v1", "http://0x7f000001/v1", "http://169.254.169.254/v1",
     "https://169.254.169.254/v1", "https://[fe80::1]/v1", "file:///etc/passwd", "ftp://x/v1",
     "https://user:pass@api.openai.com/v1", "https:///v1", "http://10.0.0.5/v1",
     "http://localhost.example.com/v1", "api.openai.com/v1"],
)  # fmt: skip
def test_words_go_over_https_or_nowhere(name, url):
    with pytest.raises(ValueError, match=name.upper()) as refusal:
        Env(_env_file=None, **{name: url})
    assert "pass@" not in str(refusal.value).split("[type=")[0]


@pytest.mark.parametrize("host", ["localhost:11434", "127.0.0.1:8080", "[::1]:8080"])
def test_this_machine_may_do_without_except_in_production(host):
    url = f"http://{host}/v1"
    assert Env(_env_file=None, environment="local", openai_base_url=url).openai_base_url == url
    Env(_env_file=None, **SOUND)
    with pytest.raises(ValueError, match="OPENAI_BASE_URL must be https"):
        Env(_env_file=None, **SOUND, openai_base_url=url)


@pytest.mark.parametrize("value", ["-1", "nan", "inf"])
@pytest.mark.parametrize(
    "name", ["llm_daily_budget_user", "llm_daily_budget_house", "llm_price_in", "llm_price_out"]
)
def test_budgets_and_prices_are_sums_of_money(name, value):
    with pytest.raises(ValueError, match=name):
        Env(_env_file=None, **{name: value})


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("a", 1), ("four", 1), ("fives", 2), ("你好", 2), ("你好, friend", 4),
     ("こんにちは", 5), ("안녕", 2), ("𠮷", 1), ("mañana", 2)],
)  # fmt: skip
def test_tokens_are_estimated_by_the_writing(text, count):
    assert tokens(text) == count


def test_an_estimate_counts_everything_that_was_sent():
    ask = Ask(system="four" * 10, turns=(Turn("user", "你好"), Turn("assistant", "four")))
    spent = estimate(ask, "好" * 5, provider="p", model="m")
    assert (spent.tokens_in, spent.tokens_out) == (10 + 2 + 1 + 3 * 4 + 3, 5)
    assert not spent.exact


def test_a_stopped_answer_is_estimated_for_the_first_model(monkeypatch):
    ask = Ask(system="", turns=())
    assert llm.estimate(ask, "Hello") is None  # the offline coach takes nothing
    first = OpenAI("openai", "https://x/v1", "k", model="m", max_tokens=1, timeout=1)
    monkeypatch.setattr(llm, "configured", lambda: (first,))
    spent = llm.estimate(ask, "Hello")
    assert (spent.provider, spent.model, spent.tokens_out) == ("openai", "m", 2)


@pytest.mark.parametrize("unit", ["a", "ha ", "没事的。", "x" * 31 + "y"])
def test_a_loop_is_one_short_thing_hundreds_of_times(unit):
    assert loops("Well, " + unit * REPEATS)
    assert not loops("Well, " + unit * (REPEATS - 1))
    assert not loops(unit * REPEATS + "and so on.")


def test_what_only_looks_like_a_loop_is_none():
    assert not loops("".join(f"{n}. Breathe in, breathe out.\n" for n in range(400)))
    assert not loops(("x" * LONGEST_UNIT + "y") * REPEATS)


def test_guard_cuts_exactly_and_finds_a_loop_in_any_pieces():
    guard = Guard(10)
    assert (guard.admit("12345678"), guard.full) == ("12345678", False)
    assert (guard.admit("90ab"), guard.full) == ("90", True)
    whole, drops = Guard(5000), Guard(5000)
    whole.admit("ha " * 300)
    for letter in "ha " * 300:
        drops.admit(letter)
    assert whole.looping
    assert drops.looping


def test_alerts_look_at_metrics_that_exist():
    expressions = re.findall(r"^ +expr: (.+)$", ALERTS.read_text(), re.M)
    asked = {name for expr in expressions for name in re.findall(r"\bllm_\w+", expr)}
    kept = (metrics.LLM_FAULTS, metrics.LLM_CIRCUIT_OPEN, metrics.LLM_BUDGET_USED,
            metrics.LLM_REQUESTS)  # fmt: skip
    families = [family for metric in kept for family in metric.collect()]
    known = {f.name + ("_total" if f.type == "counter" else "") for f in families}
    assert {"llm_faults_total", "llm_circuit_open", "llm_budget_used_ratio"} <= asked <= known
