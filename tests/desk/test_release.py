"""The desk cancels an appointment: its document is free for whoever it belongs to, and its contact is told."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from consular.audit.models import JournalEntry
from consular.foundation import clock
from consular.foundation.database import db
from consular.notifications.models import OutboxMessage
from tests.databases import on_both_databases
from tests.desk.conftest import HALF_PAST_NINE, NINE
from tests.desk.steps import booked
from tests.factories import ROSA
from tests.page_client import PageClient


def _address(reference: str, office: str = "cusco") -> str:
    return f"/desk/offices/{office}/appointments/{reference}/cancel"


@on_both_databases
def test_a_document_that_somebody_used_can_be_released(app: Flask, mirta: PageClient, rosa: str) -> None:
    page = mirta.get("/desk/offices/cusco/today")
    page = mirta.get(page.one("a", href=_address(rosa))["href"])
    assert ROSA.given_names in page.text
    assert ROSA.document_number not in page.text
    mirta.submit(page.form(action=_address(rosa)), status=303)
    done = mirta.get(_address(rosa))
    assert "está cancelada" in done.one("h1").text
    assert not done.all("form", action=_address(rosa))
    with app.app_context():
        done = db.session.execute(
            select(JournalEntry.actor, JournalEntry.subject).where(JournalEntry.action == "cancel")
        ).all()
        letters = db.session.scalars(select(OutboxMessage.template)).all()
    assert [tuple(row) for row in done] == [("staff:mirta@example.pe", rosa)]
    assert "appointment-cancelled" in letters
    assert booked(app, ROSA, HALF_PAST_NINE) != rosa


def test_looking_changes_nothing_and_a_begun_one_stays(mirta: PageClient, rosa: str) -> None:
    page = mirta.get(_address(rosa))
    with clock.stopped(NINE):
        refused = mirta.submit(page.form(action=_address(rosa)), status=409)
        assert not refused.all("form", action=_address(rosa))
        assert not mirta.get("/desk/offices/cusco/today").all("a", href=_address(rosa))


def test_the_list_of_a_later_day_leads_there_too(app: Flask, mirta: PageClient) -> None:
    tomorrow = booked(app, ROSA, NINE + timedelta(days=1))
    assert mirta.get("/desk/offices/cusco/today?day=2026-12-01").all("a", href=_address(tomorrow))


def test_another_offices_appointment_is_unknown(mirta: PageClient, ines: PageClient, rosa: str) -> None:
    mirta.get(_address(rosa, "tacna"), status=403)
    ines.get(_address(rosa, "tacna"), status=404)
    ines.get(_address("3333-3333"), status=404)
