"""Settings: good values, and every bad one refused by its name; what must not start in production."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from consular.cli import production_problems
from consular.config import PROJECT, BadSetting, Config
from consular.foundation.database import transaction
from consular.staff.models import Role
from tests.databases import SECRET_KEY, Templates, application
from tests.factories import make_account

SECRET = {"SECRET_KEY": SECRET_KEY}


def _config(**environ: str) -> Config:
    return Config.from_environment({**SECRET, **environ})


def test_only_the_secret_must_be_given() -> None:
    config = Config.from_environment(SECRET)
    assert config.secret_key == SECRET_KEY
    assert config.demo is False
    assert config.database_url == f"sqlite:///{PROJECT / 'instance' / 'consular.db'}"
    assert config.smtp_url == f"file://{PROJECT / 'instance' / 'outbox'}"
    assert config.public_url == "http://127.0.0.1:8000"
    assert config.seeds == PROJECT / "seeds"
    assert (config.redis_url, config.geocoder_url, config.tiles_url, config.payment_url) == (None,) * 4
    assert config.trusted_proxies == 0
    assert config.secure_cookies is False


def test_the_policy_comes_from_the_settings() -> None:
    policy = _config().policy
    assert (policy.lead, policy.hold) == (timedelta(minutes=60), timedelta(minutes=12))
    assert (policy.horizon_days, policy.return_window) == (60, timedelta(0))
    policy = _config(LEAD_MINUTES="0", HOLD_MINUTES="5", HORIZON_DAYS="30", RETURN_WINDOW_MINUTES="90").policy
    assert (policy.lead, policy.hold) == (timedelta(0), timedelta(minutes=5))
    assert (policy.horizon_days, policy.return_window) == (30, timedelta(minutes=90))


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("DATABASE_URL", "postgresql://u:p@db/consular", "database_url", "postgresql://u:p@db/consular"),
        ("DATABASE_URL", "postgres://u@db/consular", "database_url", "postgresql://u@db/consular"),
        ("DATABASE_URL", " sqlite:////srv/consular.db ", "database_url", "sqlite:////srv/consular.db"),
        ("REDIS_URL", "redis://localhost:6379/0", "redis_url", "redis://localhost:6379/0"),
        ("REDIS_URL", "unix:///run/valkey.sock", "redis_url", "unix:///run/valkey.sock"),
        ("SMTP_URL", "smtps://user:word@mail.example:465", "smtp_url", "smtps://user:word@mail.example:465"),
        ("SMTP_URL", "file:///srv/outbox", "smtp_url", "file:///srv/outbox"),
        ("PUBLIC_URL", "https://citas.example.pe/", "public_url", "https://citas.example.pe"),
        ("MAIL_FROM", "citas@rree.example", "mail_from", "citas@rree.example"),
        ("GEOCODER_CONTACT", "citas@example.org", "geocoder_contact", "citas@example.org"),
        ("GEOCODER_SECONDS", "10", "geocoder_seconds", 10),
        ("TILES_ATTRIBUTION", "© somebody", "tiles_attribution", "© somebody"),
        ("DATA_OFFICER", "datos@example.pe", "data_officer", "datos@example.pe"),
        ("TRUSTED_PROXIES", "2", "trusted_proxies", 2),
        ("API_READS_PER_MINUTE", "120", "api_reads_per_minute", 120),
        ("API_WRITES_PER_MINUTE", "", "api_writes_per_minute", 30_000),
        ("API_FAILED_KEYS_PER_MINUTE", "1", "api_failed_keys_per_minute", 1),
        ("SEEDS", "/srv/seeds", "seeds", Path("/srv/seeds")),
        *[("DEMO", word, "demo", True) for word in ("1", "true", "YES", " 1 ")],
        *[("DEMO", word, "demo", False) for word in ("", "0", "false", "No")],
    ],
)
def test_good_values(name: str, value: str, field: str, read: object) -> None:
    assert getattr(_config(**{name: value}), field) == read


@pytest.mark.parametrize(
    "address",
    [
        "https://t.example/{z}/{x}/{y}.png",
        "https://{s}.t.example/{z}/{x}/{y}{r}.png?key=a-1",
        "http://127.0.0.1:8080/{z}/{y}/{x}",
    ],
)
def test_tiles_are_shown_with_whose_they_are(address: str) -> None:
    assert _config(TILES_URL=address, TILES_ATTRIBUTION="© somebody").tiles_url == address
    with pytest.raises(BadSetting, match="^TILES_ATTRIBUTION must "):
        _config(TILES_URL=address)


def test_a_geocoder_is_asked_only_by_somebody_who_can_be_reached() -> None:
    config = _config(GEOCODER_URL="https://geo.example", GEOCODER_CONTACT="citas@example.org")
    assert (config.geocoder_url, config.geocoder_seconds) == ("https://geo.example", 3)
    with pytest.raises(BadSetting, match="GEOCODER_CONTACT"):
        _config(GEOCODER_URL="https://geo.example")


def test_the_instance_folder_holds_the_database_and_the_outbox() -> None:
    config = _config(INSTANCE_PATH="/srv/instance")
    assert config.database_url == "sqlite:////srv/instance/consular.db"
    assert config.smtp_url == "file:///srv/instance/outbox"


def test_cookies_are_secure_where_the_address_is() -> None:
    assert _config(PUBLIC_URL="https://citas.example.pe").secure_cookies is True
    assert _config(PUBLIC_URL="http://citas.example.pe").secure_cookies is False


EMPTY = (
    "DATABASE_URL",
    "REDIS_URL",
    "SMTP_URL",
    "PUBLIC_URL",
    "INSTANCE_PATH",
    "SEEDS",
    "MAIL_FROM",
    "LEAD_MINUTES",
)


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_setting_is_one_that_was_not_given(name: str) -> None:
    assert _config(**{name: ""}) == _config()


BAD = [
    *[
        ("SECRET_KEY", value)
        for value in ("", "short", "a" * 64, "abc" * 20, SECRET_KEY[:31], "changeme" * 5)
    ],
    *[
        ("DATABASE_URL", value)
        for value in ("mysql://u@db/x", "consular.db", "sqlite://x", "http://x", "postgresql:x")
    ],
    *[("REDIS_URL", value) for value in ("http://localhost", "localhost:6379", "redis:", "redis:///")],
    *[("SMTP_URL", value) for value in ("mail.example", "http://mail.example", "smtp:mail", "smtp://")],
    *[
        ("PUBLIC_URL", value)
        for value in (
            "citas.example.pe",
            "ftp://x",
            "https:",
            "https:foo",
            "http:/x",
            "http://",
            "http://[::1",
            "javascript:alert(1)",
            "http://localhost:port",
            "http://localhost:99999",
        )
    ],
    *[("GEOCODER_CONTACT", value) for value in ("Señor\u00e1", "a\nb", "x" * 201)],
    *[("GEOCODER_SECONDS", value) for value in ("0", "11", "soon")],
    *[("GEOCODER_URL", value) for value in ("geo.example", "file:///etc/passwd")],
    *[
        ("TILES_URL", value)
        for value in (
            "tiles",
            "https://t.example/",
            "https://t.example/{z}/{x}.png",
            "https://t.example/{z}/{x}/{y}/{y}.png",
            "https://t.example/{z}/{x}/{y}.png?key={apikey}",
            "https://t.{s}.example/{z}/{x}/{y}.png",
            "https://me:word@t.example/{z}/{x}/{y}.png",
            "https://t.example:99999/{z}/{x}/{y}.png",
            "https://t.example;script-src/{z}/{x}/{y}.png",
            "https://t.example https://u.example/{z}/{x}/{y}.png",
            "ftp://t.example/{z}/{x}/{y}.png",
        )
    ],
    ("PAYMENT_URL", "http://pagalo.example"),
    ("COMPLAINTS_URL", "http://libro.example"),
    *[("DEMO", value) for value in ("2", "on", "sí", "production")],
    *[("API_FAILED_KEYS_PER_MINUTE", value) for value in ("0", "-1", "1000000000")],
    *[("TRUSTED_PROXIES", value) for value in ("-1", "6", "1.5", "many", "٣", "1e0", "+1")],
    *[("LEAD_MINUTES", value) for value in ("-1", "43201", "an hour")],
    *[("HOLD_MINUTES", value) for value in ("0", "61")],
    *[("HORIZON_DAYS", value) for value in ("0", "367", "9" * 5000)],
    ("RETURN_WINDOW_MINUTES", "1441"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_bad_values_are_refused_by_their_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} must "):
        _config(**{name: value})


def test_a_refused_secret_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as refused:
        _config(SECRET_KEY="not-long-enough")
    assert "not-long-enough" not in str(refused.value)


def test_a_missing_secret_is_refused() -> None:
    nothing: Mapping[str, str] = {}
    with pytest.raises(BadSetting, match="SECRET_KEY"):
        Config.from_environment(nothing)


# --- What must not start in production --------------------------------------------------------------


def _demonstration_account(app: Flask) -> None:
    with app.app_context(), transaction():
        make_account("ines", Role.ADMINISTRATOR).email = "ines@demonstration.example"


def test_a_migrated_database_may_serve(app: Flask) -> None:
    with app.app_context(), transaction():
        make_account("ines", Role.ADMINISTRATOR)
    assert production_problems(app) == []
    result = app.test_cli_runner().invoke(args=["check-production"])
    assert (result.exit_code, result.output) == (0, "")


def test_demonstration_accounts_are_refused_in_production(app: Flask) -> None:
    _demonstration_account(app)
    (problem,) = production_problems(app)
    assert "demonstration accounts" in problem
    result = app.test_cli_runner().invoke(args=["check-production"])
    assert result.exit_code == 1
    assert problem in result.output


def test_demonstration_accounts_are_welcome_in_a_demonstration(database_url: str, tmp_path: Path) -> None:
    with application(database_url, tmp_path, DEMO="1") as app:
        _demonstration_account(app)
        assert production_problems(app) == []


def test_a_database_behind_its_migrations_is_refused(templates: Templates, tmp_path: Path) -> None:
    with application(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path) as app:
        (problem,) = production_problems(app)
        assert "not at the newest migration" in problem
        runner: FlaskCliRunner = app.test_cli_runner()
        assert runner.invoke(args=["check-production"]).exit_code == 1
