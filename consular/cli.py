"""Commands for whoever runs the system: data, accounts, keys, audits."""

import secrets
import time

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from consular.appointments.auditing import audit_capacity
from consular.appointments.demonstration import demonstrate
from consular.cli_offices import offices
from consular.cli_work import (
    config_in_use,
    erase_old_persons,
    erase_reports,
    publish_slots,
    send_outbox,
    work,
)
from consular.config import Config
from consular.foundation.clock import now
from consular.foundation.database import db, transaction
from consular.foundation.errors import Refusal
from consular.offices.queries import office_by_slug
from consular.offices.seeding import load_all, read_holidays
from consular.schedule.holidays import load_holidays
from consular.staff import accounts, api_keys
from consular.staff.queries import accounts as staff_accounts

DEMONSTRATION_DOMAIN = "demonstration.example"  # RFC 2606: nobody's
DEMONSTRATION_STAFF = (
    ("ines", "Inés (demostración)", "administrator", None),
    ("mirta", "Mirta (demostración)", "clerk", "cusco"),
    ("omar", "Omar (demostración)", "clerk", "tacna"),
)

keys = AppGroup("api-keys", help="Keys of outside programs.")
staff = AppGroup("staff", help="Accounts of the staff.")


def register(app: Flask) -> None:
    """Attach every command to the application."""
    for command in (
        seed,
        publish_slots,
        send_outbox,
        work,
        erase_old_persons,
        erase_reports,
        audit,
        check_production,
        keys,
        staff,
        offices,
    ):
        app.cli.add_command(command)


def _refused(refusal: Refusal) -> click.ClickException:
    facts = ", ".join(f"{key}: {value}" for key, value in refusal.facts.items() if value is not None)
    return click.ClickException(f"{refusal.name}" + (f" ({facts})" if facts else ""))


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Load the facts of seeds/ and, with DEMO=1, invent schedules, citizens and staff."""
    config = config_in_use()
    try:
        for loaded in load_all(config.seeds):
            kept = f", {loaded.kept} kept for the demonstration" if loaded.kept else ""
            click.echo(
                f"  {loaded.file}: {loaded.added} added, {loaded.changed} changed, "
                f"{loaded.unchanged} as before{kept}"
            )
            for name in loaded.missing:
                click.echo(f"    not in the file any more, left as it is: {name}")
    except Refusal as refusal:
        raise _refused(refusal) from refusal
    with transaction():
        added = load_holidays((row.day, row.name) for row in read_holidays(config.seeds / "holidays.csv"))
    click.echo(f"  holidays.csv: {added} added")
    if config.demo:
        _demonstrate(config)


def _demonstrate(config: Config) -> None:
    started = time.monotonic()
    with transaction():
        made = demonstrate(config.policy.horizon_days, now())
    if made.rules:
        click.echo(
            f"  demonstration: {made.rules} opening rules, {made.slots} slots, "
            f"{made.appointments} appointments of invented citizens ({time.monotonic() - started:.1f} s)"
        )
    file = config.instance / "demonstration-staff.txt"
    lines = []
    for name, full_name, role, office in DEMONSTRATION_STAFF:
        email, password = f"{name}@{DEMONSTRATION_DOMAIN}", secrets.token_urlsafe(12)
        with transaction():
            try:
                office_id = office_by_slug(office).id if office else None
                accounts.create_account(email, full_name, password, role, office_id, "es")
            except accounts.EmailTaken:
                continue
        lines.append(f"{email}  {password}  ({role}{', ' + office if office else ''})\n")
    if lines:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text("".join(lines), "utf-8")
        click.echo(f"  staff accounts of the demonstration: {file}")


@click.command("audit-capacity")
@with_appcontext
def audit() -> None:
    """Re-check that seats and appointments agree and that the guards are in place; non-zero if not."""
    result = audit_capacity()
    click.echo(f"{result.seats} seats, {result.taken} taken, {result.occupying} occupying appointments")
    for finding in result.findings:
        click.echo(f"DISAGREES: {finding.problem} ({finding.count}) {' '.join(finding.places)}".rstrip())
    if result.findings:
        raise SystemExit(1)
    click.echo("Everything agrees.")


@click.command("check-production")
@with_appcontext
def check_production() -> None:
    """Refuse to go on where the system must not start: what a release step runs before the web does."""
    problems = production_problems(current_app)
    for problem in problems:
        click.echo(f"REFUSED: {problem}", err=True)
    if problems:
        raise SystemExit(1)


def production_problems(app: Flask) -> list[str]:
    """Why this installation must not serve: a database behind its migrations, demonstration accounts."""
    with app.app_context():
        script = ScriptDirectory(app.extensions["migrate"].directory)
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_heads()
        problems = []
        if set(present) != set(script.get_heads()):
            problems.append("the database is not at the newest migration: flask --app wsgi db upgrade")
        elif not app.extensions["consular"].demo and any(
            account.email.endswith(f"@{DEMONSTRATION_DOMAIN}") for account in staff_accounts()
        ):
            problems.append(f"there are demonstration accounts (@{DEMONSTRATION_DOMAIN}) without DEMO=1")
        return problems


@keys.command("issue")
@click.argument("name")
@click.option("--scope", type=click.Choice(["book", "operator"]), default="book", show_default=True)
@click.option("--office", "offices", multiple=True, help="Limit the key to this office (may be repeated).")
def issue_key(name: str, scope: str, offices: tuple[str, ...]) -> None:
    """Make a key and print it, once."""
    try:
        with transaction():
            key = api_keys.issue(name, scope, offices)
    except Refusal as refusal:
        raise _refused(refusal) from refusal
    click.echo(key)


@keys.command("list")
def list_keys() -> None:
    """Every key ever issued; never the key itself."""
    for key in api_keys.listing():
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "in force"
        offices = ", ".join(key.offices) or "every office"
        click.echo(f"{key.id}\t{key.name}\t{key.scope}\t{offices}\tissued {key.created_at:%Y-%m-%d}\t{state}")


@keys.command("revoke")
@click.argument("name_or_number")
def revoke_key(name_or_number: str) -> None:
    """End a key, at once."""
    try:
        with transaction():
            name = api_keys.revoke(name_or_number)
    except Refusal as refusal:
        raise _refused(refusal) from refusal
    click.echo(f"{name} revoked")


@staff.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["clerk", "administrator"]), default="clerk", show_default=True)
@click.option("--office", help="The slug of a clerk's office.")
@click.option("--language", type=click.Choice(["es", "en"]), default="es", show_default=True)
@click.password_option()
def create_staff(email: str, name: str, role: str, office: str | None, language: str, password: str) -> None:
    """Make an account; the password is asked for twice."""
    try:
        with transaction():
            office_id = office_by_slug(office).id if office else None
            accounts.create_account(email, name, password, role, office_id, language)
    except Refusal as refusal:
        raise _refused(refusal) from refusal
    click.echo(f"{email} may sign in")


@staff.command("password")
@click.argument("email")
@click.password_option()
def set_staff_password(email: str, password: str) -> None:
    """Give an account another password and end its sessions."""
    try:
        with transaction():
            accounts.set_password(email, password)
    except Refusal as refusal:
        raise _refused(refusal) from refusal


@staff.command("deactivate")
@click.argument("email")
def deactivate_staff(email: str) -> None:
    """Close an account and end its sessions."""
    try:
        with transaction():
            accounts.deactivate(email)
    except Refusal as refusal:
        raise _refused(refusal) from refusal


@staff.command("reactivate")
@click.argument("email")
def reactivate_staff(email: str) -> None:
    """Open a closed account again, with the password that it had."""
    try:
        with transaction():
            accounts.reactivate(email)
    except Refusal as refusal:
        raise _refused(refusal) from refusal
