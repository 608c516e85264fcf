"""Steps of the tests that look for offices: changing what is published, and reading the list."""

from datetime import datetime

from flask import Flask

from consular.foundation.database import FAR_FUTURE, transaction
from consular.offices.models import Offer, Office, Service
from consular.schedule.models import Seat
from tests.factories import World
from tests.page_tree import Element, Page


def change(app: Flask, slug: str, **facts: object) -> None:
    with app.app_context(), transaction() as session:
        office = session.query(Office).filter_by(slug=slug).one()
        for name, value in facts.items():
            setattr(office, name, value)


def offer_of(app: Flask, slug: str, service: str, **facts: object) -> None:
    with app.app_context(), transaction() as session:
        query = session.query(Offer).join(Office, Office.id == Offer.office_id)
        offer = query.join(Service).filter(Office.slug == slug, Service.code == service).one()
        for name, value in facts.items():
            setattr(offer, name, value)


def rows(page: Page) -> list[Element]:
    return page.all("li", class_="row")


def names(page: Page) -> list[str]:
    return [row.one("h2").text for row in rows(page)]


def fill(app: Flask, world: World, slug: str, until: datetime | None = None) -> None:
    """Leave no free seat at an office, up to an instant."""
    with app.app_context(), transaction() as session:
        seats = session.query(Seat).filter_by(office_id=world.offices[slug])
        seats = seats if until is None else seats.filter(Seat.starts_at < until)
        seats.update({"free_from": FAR_FUTURE})
