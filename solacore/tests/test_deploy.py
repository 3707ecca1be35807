"""What is shipped around the code says what the code needs (no Docker engine needed)."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from solacore.env import Env
from solacore.ops import ticker

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "HTTP_PORT"}


def example() -> dict[str, str]:
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if line.strip()]
    pairs = [line.split("=", 1) for line in lines if not line.startswith("#")]
    assert all(len(pair) == 2 for pair in pairs)
    return dict(pairs)


def test_env_example_names_every_variable_and_no_other():
    assert set(example()) == {name.upper() for name in Env.model_fields} | COMPOSE_ONLY


def test_env_example_holds_the_defaults(monkeypatch):
    for name in example():
        monkeypatch.delenv(name, raising=False)
    bare = Env(_env_file=None).model_dump(mode="json")
    given = {name.lower(): value for name, value in example().items() if value}
    read = Env(_env_file=None, **{k: v for k, v in given.items() if k.upper() not in COMPOSE_ONLY})
    assert read.model_dump(mode="json") == bare


def test_env_example_can_be_copied_as_it_is(monkeypatch):
    for name in example():
        monkeypatch.delenv(name, raising=False)
    copied = Env(_env_file=ROOT / ".env.example")
    assert copied.model_dump(mode="json") == Env(_env_file=None).model_dump(mode="json")
    assert "database_url" not in copied.model_fields_set


@pytest.mark.parametrize(
    ("changes", "fault"),
    [({"jwt_secret": ""}, "JWT_SECRET is missing"), ({"jwt_secret": "short"}, "at least 32 bytes"),
     ({"jwt_secret": "change-me-" * 5}, "placeholder"), ({"debug": True}, "DEBUG"),
     ({"database_url": "postgresql://localhost/x"}, "DATABASE_URL"), ({"beta_mode": True}, "BETA_MODE"),
     ({"allowed_hosts": "*"}, "ALLOWED_HOSTS"), ({"openai_api_key": ""}, "LLM_PROVIDER=openai"),
     ({"cookie_domain": "solacore.app"}, "COOKIE_DOMAIN"), ({"frontend_url": "http://localhost"}, "FRONTEND")],
)  # fmt: skip
def test_production_refuses_to_start_half_configured(changes, fault):
    sound = {
        "environment": "production", "jwt_secret": "9f2kQ7vXz1LmT4bRw8YcHd6SgJ0pNaEu",
        "database_url": "postgresql://s:p@db:5432/s", "allowed_hosts": "api.solacore.app",
        "openai_api_key": "k", "cookie_domain": ".solacore.app", "frontend_url": "https://solacore.app",
        "debug": False, "beta_mode": False, "llm_provider": "openai",
        "google_client_id": "id", "stripe_secret_key": "sk", "stripe_webhook_secret": "whsec", "revenuecat_webhook_secret": "rc",
    }  # fmt: skip
    Env(_env_file=None, **sound)
    with pytest.raises(ValueError, match=re.escape(fault)):
        Env(_env_file=None, **{**sound, **changes})


def test_all_faults_are_listed_at_once(monkeypatch):
    for name in example():
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="JWT_SECRET") as refusal:
        Env(_env_file=None, environment="production", debug=True)
    for word in ("DEBUG", "JWT_SECRET", "DATABASE_URL", "FRONTEND_URL", "COOKIE_DOMAIN"):
        assert word in str(refusal.value)


def test_crontab_names_commands_that_exist():
    lines = ticker.read(ticker.CRONTAB.read_text())
    assert lines
    for line in lines:
        assert line.command[0] in get_commands()


def test_ticker_runs_what_is_due_once():
    from datetime import UTC, datetime

    lines = ticker.read("*/5 * * * * a\n0 2 * * * b  # nightly\n")
    noon = datetime(2026, 1, 1, 12, 3, tzinfo=UTC)
    assert [x.command for x in ticker.due(lines, noon, noon.replace(minute=4))] == []
    assert [x.command for x in ticker.due(lines, noon, noon.replace(minute=59))] == [("a",)]
    with pytest.raises(ValueError, match="Not five fields"):
        ticker.read("* * sweep")


def test_compose_publishes_the_proxy_only_and_asks_for_known_variables():
    text = (ROOT / "docker-compose.yml").read_text()
    services = re.split(r"\n  (?=\w+:\n)", text.split("services:")[1].split("\nvolumes:")[0])
    publishing = [s.split(":")[0].strip() for s in services if "ports:" in s]
    assert publishing == ["proxy"]
    assert set(re.findall(r"\$\{(\w+)", text)) <= set(example())


def test_nginx_never_buffers_streams_nor_drops_headers():
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    stream = text.split("location ~ ^/(sessions|learn)")[1].split("}")[0]
    assert "proxy_buffering off" in stream
    assert "gzip off" in stream
    directives = re.sub(r"#.*", "", text)
    assert "add_header" not in directives
    assert "proxy_add_x_forwarded_for" not in directives


@pytest.mark.skipif(not shutil.which("nginx"), reason="NGINX NOT CHECKED: it is not installed")
def test_nginx_accepts_its_configuration(tmp_path):
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"pid {tmp_path}/pid;\n" + text.replace("server web:8000", "server 127.0.0.1:8000")
        .replace("/dev/stdout", f"{tmp_path}/log").replace("/dev/stderr", f"{tmp_path}/err")
    )  # fmt: skip
    run = subprocess.run(["nginx", "-t", "-c", str(conf)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_image_is_small_and_not_root():
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    assert "requirements-dev" not in text
    assert "USER solacore" in text
    script = ROOT / "deploy" / "entrypoint.sh"
    assert subprocess.run(["sh", "-n", str(script)]).returncode == 0
