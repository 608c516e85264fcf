"""The staff correct what is published of an office's address: a plan first, then all of it in one transaction."""

import hashlib
import hmac
from dataclasses import astuple, dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from consular.audit import journal
from consular.foundation.database import db, give_back
from consular.foundation.errors import Refusal
from consular.foundation.geography import Position
from consular.foundation.vault import vault
from consular.offices.geocoding.models import CorrectedOffice
from consular.offices.geocoding.office_positions import Proposal, write_positions
from consular.offices.geocoding.placement import Placement, Whereabouts, moved_km, place_office
from consular.offices.geocoding.service import Service
from consular.offices.models import Office, Region, Source


class OfficeChanged(Refusal):
    """The plan was made from what the office is no more, or was altered on its way here."""


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """What the form writes. None is not known; `step_free` is an Offering."""

    address: str | None
    city: str | None
    phone: str | None
    email: str | None
    step_free: str


@dataclass(frozen=True, slots=True)
class NamedSource:
    """Where it is known from; `confirmed_on` is the day on which somebody made sure."""

    title: str
    url: str | None
    confirmed_on: date

    @property
    def code(self) -> str:
        """The same source has the same code whoever names it, and none of a seed file's."""
        named = hashlib.sha256(f"{self.title}\n{self.url or ''}".encode())
        return f"desk-{named.hexdigest()[:15]}"


@dataclass(frozen=True, slots=True)
class PublishedOffice:
    """What is published of an office at this moment. `corrected_at` is None when no staff ever corrected it."""

    id: int
    slug: str
    region: str
    facts: AddressFacts
    position: Position
    precision: str
    source_code: str
    source_title: str
    confirmed_on: str | None
    languages: tuple[str, ...] | None
    corrected_at: datetime | None
    corrected_by: str | None

    @property
    def whereabouts(self) -> Whereabouts:
        return Whereabouts(self.facts.address, self.facts.city, self.region, self.position, self.precision)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written, over what is there now."""

    before: PublishedOffice
    after: AddressFacts
    source: NamedSource
    placement: Placement

    @property
    def moved_km(self) -> float:
        return moved_km(self.before.position, self.placement.position)

    @property
    def version(self) -> str:
        """A keyed hash of both sides: it fits no longer once the office, or what was planned, is another."""
        sides = (self.before, self.after, self.source, self.placement)
        return vault().keyed_hash("address-plan", *(repr(astuple(side)) for side in sides))


def published_office(office_id: int, *, lock: bool = False) -> PublishedOffice:
    """What is published of an office that exists. One statement."""
    facts = (Office.address, Office.city, Office.phone, Office.email, Office.step_free)
    place = (Office.latitude, Office.longitude, Office.location_precision, Region.name.label("region"))
    said = (Office.source_code, Source.title, Office.confirmed_on, Office.languages)
    statement = (
        select(Office.id, Office.slug, *facts, *place, *said)
        .add_columns(CorrectedOffice.corrected_at, CorrectedOffice.corrected_by)
        .join(Region, Region.code == Office.region_code)
        .join(Source, Source.code == Office.source_code)
        .outerjoin(CorrectedOffice, CorrectedOffice.office_id == Office.id)
        .where(Office.id == office_id)
    )
    row = db.session.execute(statement.with_for_update(of=Office) if lock else statement).one()
    return PublishedOffice(
        id=row.id,
        slug=row.slug,
        region=row.region,
        facts=AddressFacts(row.address, row.city, row.phone, row.email, row.step_free),
        position=Position(row.latitude, row.longitude),
        precision=row.location_precision,
        source_code=row.source_code,
        source_title=row.title,
        confirmed_on=row.confirmed_on,
        languages=None if row.languages is None else tuple(row.languages),
        corrected_at=row.corrected_at,
        corrected_by=row.corrected_by,
    )


def plan_correction(
    office_id: int, after: AddressFacts, source: NamedSource, service: Service | None
) -> Plan:
    """What writing these facts would do; asks the geocoding service, so never within a writing transaction.

    Raises:
        TownUnknown: another town, which nobody knows in the office's region.
    """
    before = published_office(office_id)
    give_back()  # the service may take seconds: no snapshot is kept meanwhile
    placement = place_office(before.whereabouts, after.address, after.city, service)
    return Plan(before, after, source, placement)


def correct_office(
    office_id: int,
    after: AddressFacts,
    source: NamedSource,
    placement: Placement,
    *,
    version: str,
    actor: str,
    now: datetime,
) -> None:
    """Write what a plan showed: facts, position, source and day, with the journal. Twelve statements at most.

    Raises:
        OfficeChanged: `version` is not that of this plan over what is published now.
    """
    plan = Plan(published_office(office_id, lock=True), after, source, placement)
    if not hmac.compare_digest(plan.version.encode(), version.encode()):
        raise OfficeChanged(office=plan.before.slug)
    _keep_source(source)
    if placement.source is not None:
        proposal = Proposal(
            plan.before.slug,
            after.address,
            plan.before.position,
            placement.position,
            precision=placement.precision,
            source=placement.source,
        )
        write_positions([proposal], source.confirmed_on, actor=actor)
    _write_facts(plan)
    db.session.execute(delete(CorrectedOffice).where(CorrectedOffice.office_id == office_id))
    db.session.execute(
        insert(CorrectedOffice).values(office_id=office_id, corrected_at=now, corrected_by=actor)
    )
    _journal(plan, actor)


def _keep_source(source: NamedSource) -> None:
    day = source.confirmed_on.isoformat()
    known = db.session.execute(select(Source.consulted_on).where(Source.code == source.code)).one_or_none()
    if known is None:
        db.session.execute(
            insert(Source).values(code=source.code, title=source.title, url=source.url, consulted_on=day)
        )
    elif known.consulted_on is None or known.consulted_on < day:
        db.session.execute(update(Source).where(Source.code == source.code).values(consulted_on=day))


def _write_facts(plan: Plan) -> None:
    after = plan.after
    values: dict[str, object] = {
        "address": after.address,
        "city": after.city,
        "phone": after.phone,
        "email": after.email,
        "step_free": after.step_free,
        "location_precision": plan.placement.precision,
        "source_code": plan.source.code,
        "confirmed_on": plan.source.confirmed_on.isoformat(),
    }
    if after.city != plan.before.facts.city:
        values["ubigeo_inei"] = None  # the district's code was that of the town before
    db.session.execute(update(Office).where(Office.id == plan.before.id).values(values))


def _journal(plan: Plan, actor: str) -> None:
    before, after, placement = plan.before, plan.after, plan.placement
    changed: dict[str, journal.Plain] = {}
    for name in AddressFacts.__slots__:
        old, new = getattr(before.facts, name), getattr(after, name)
        if old != new:
            changed |= {f"{name}_before": old, name: new}
    journal.record(
        actor,
        "correct-office",
        "office",
        before.slug,
        position_before=_written(before.position),
        position=_written(placement.position),
        precision_before=before.precision,
        precision=placement.precision,
        source_before=before.source_code,
        source=plan.source.code,
        confirmed_on=plan.source.confirmed_on.isoformat(),
        **changed,
    )


def _written(position: Position) -> str:
    return f"{position.latitude},{position.longitude}"
