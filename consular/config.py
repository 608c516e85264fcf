"""Settings: one frozen object, read once from the environment; a bad value is refused by its name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from consular.appointments.rules import Policy

PROJECT = Path(__file__).resolve().parent.parent
MINIMUM_SECRET_LENGTH = 32


# No user or password, which every visitor would read; `{s}` only as the first word of the host; of Leaflet's
# other placeholders only `{r}`, for screens with small pixels.
_TILES = re.compile(
    r"https?://(?:\{s\}\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?/(?:[\w.~@?&=+/-]|\{[zxyr]\})+",
    re.ASCII,
)


class BadSetting(ValueError):
    """A setting that cannot be used; the message names it and says what it must be."""


@dataclass(frozen=True)
class Config:
    """Everything that differs between two installations. `docs/settings.md` has the table."""

    secret_key: str
    database_url: str
    redis_url: str | None
    smtp_url: str
    mail_from: str
    public_url: str
    demo: bool
    geocoder_url: str | None
    geocoder_contact: str | None
    geocoder_seconds: int
    tiles_url: str | None
    tiles_attribution: str | None
    payment_url: str | None
    complaints_url: str | None
    data_officer: str | None
    trusted_proxies: int
    api_reads_per_minute: int
    api_writes_per_minute: int
    api_failed_keys_per_minute: int
    policy: Policy
    seeds: Path
    instance: Path

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Config":
        """Read and check every setting.

        Raises:
            BadSetting: the first value that is missing, weak or malformed.
        """
        read = _Reader(environ)
        demo = read.flag("DEMO")
        instance = Path(environ.get("INSTANCE_PATH") or PROJECT / "instance")
        return cls(
            secret_key=read.secret("SECRET_KEY"),
            database_url=read.database("DATABASE_URL", f"sqlite:///{instance / 'consular.db'}"),
            redis_url=read.url("REDIS_URL", None, "redis", "rediss", "valkey", "unix"),
            smtp_url=read.url("SMTP_URL", f"file://{instance / 'outbox'}", "smtp", "smtps", "file") or "",
            mail_from=read.text("MAIL_FROM", "citas@localhost"),
            public_url=(read.url("PUBLIC_URL", "http://127.0.0.1:8000", "http", "https") or "").rstrip("/"),
            demo=demo,
            geocoder_url=read.url("GEOCODER_URL", None, "http", "https"),
            geocoder_contact=read.contact("GEOCODER_CONTACT", "GEOCODER_URL"),
            geocoder_seconds=read.number("GEOCODER_SECONDS", 3, 1, 10),
            tiles_url=read.tiles("TILES_URL", "TILES_ATTRIBUTION"),
            tiles_attribution=read.text("TILES_ATTRIBUTION", "") or None,
            payment_url=read.url("PAYMENT_URL", None, "https"),
            complaints_url=read.url("COMPLAINTS_URL", None, "https"),
            data_officer=environ.get("DATA_OFFICER") or None,
            trusted_proxies=read.number("TRUSTED_PROXIES", 0, 0, 5),
            # Ample for a ministry's own programs and a bank of kiosks behind one address; a loop that ran
            # away stops here.
            api_reads_per_minute=read.number("API_READS_PER_MINUTE", 60_000, 1, 100_000_000),
            api_writes_per_minute=read.number("API_WRITES_PER_MINUTE", 30_000, 1, 100_000_000),
            api_failed_keys_per_minute=read.number("API_FAILED_KEYS_PER_MINUTE", 600, 1, 100_000_000),
            policy=Policy(
                lead=timedelta(minutes=read.number("LEAD_MINUTES", 60, 0, 60 * 24 * 30)),
                hold=timedelta(minutes=read.number("HOLD_MINUTES", 12, 1, 60)),
                horizon_days=read.number("HORIZON_DAYS", 60, 1, 366),
                return_window=timedelta(minutes=read.number("RETURN_WINDOW_MINUTES", 0, 0, 60 * 24)),
                persons_kept=timedelta(days=read.number("PERSONS_KEPT_DAYS", 365, 1, 3650)),
            ),
            seeds=Path(environ.get("SEEDS") or PROJECT / "seeds"),
            instance=instance,
        )


@dataclass(frozen=True)
class _Reader:
    environ: Mapping[str, str]

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def flag(self, name: str) -> bool:
        value = self.environ.get(name, "").strip().lower()
        if value not in ("", "0", "1", "true", "false", "yes", "no"):
            raise BadSetting(f"{name} must be 1 or 0, not {value!r}")
        return value in ("1", "true", "yes")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.environ.get(name, "").strip()
        if not value:
            return default
        if not value.isascii() or not value.isdigit() or len(value) > 9 or not least <= int(value) <= most:
            raise BadSetting(f"{name} must be a whole number from {least} to {most}, not {value!r}")
        return int(value)

    def secret(self, name: str) -> str:
        value = self.environ.get(name, "")
        if len(value) < MINIMUM_SECRET_LENGTH or len(set(value)) < 10:
            raise BadSetting(
                f"{name} must be set to at least {MINIMUM_SECRET_LENGTH} random characters, for example "
                'the output of: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return value

    def url(self, name: str, default: str | None, *schemes: str) -> str | None:
        value = self.environ.get(name, "").strip() or default
        if value is None:
            return None
        if not _is_address(value, schemes):
            raise BadSetting(f"{name} must be an address that begins with {' or '.join(schemes)}://")
        return value

    def tiles(self, name: str, credit: str) -> str | None:
        """A template of tile addresses whose host can be written into the Content-Security-Policy."""
        value = self.environ.get(name, "").strip()
        if not value:
            return None
        asked = all(value.count(part) == 1 for part in ("{z}", "{x}", "{y}"))
        if (
            not asked
            or not _TILES.fullmatch(value)
            or not _is_address(value.replace("{s}", "a"), ("http", "https"))
        ):
            raise BadSetting(f"{name} must look like https://tiles.example/{{z}}/{{x}}/{{y}}.png")
        if not self.text(credit, ""):
            raise BadSetting(f"{credit} must say whose map {name} shows: their licence asks for it")
        return value

    def contact(self, name: str, needed_by: str) -> str | None:
        """Whom a service that we ask may write to: printable ASCII, because it goes into a header."""
        value = self.environ.get(name, "").strip()
        if not value and self.environ.get(needed_by, "").strip():
            raise BadSetting(
                f"{name} must say whom the service of {needed_by} may write to: its usage policy"
            )
        if not value.isascii() or not value.isprintable() or len(value) > 200:
            raise BadSetting(f"{name} must be an e-mail or an address of the web, in plain letters")
        return value or None

    def database(self, name: str, default: str) -> str:
        value = self.environ.get(name, "").strip() or default
        if value.startswith("postgres://"):  # the form that some hosts hand out
            value = "postgresql://" + value.removeprefix("postgres://")
        if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise BadSetting(f"{name} must begin with sqlite:/// or postgresql://")
        return value


def _is_address(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port  # reading them checks them
    except ValueError:  # a text that urlsplit cannot even cut, such as http://[
        return False
    return parts.scheme in schemes and (bool(host) or parts.scheme in ("file", "unix"))
