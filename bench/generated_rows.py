"""The rows of an invented country of offices: pure, in the order in which they may be written."""

import csv
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

Row = tuple[object, ...]
Table = tuple[str, Sequence[str], Iterator[Row]]

SOURCE = "invented"
CONFIRMED_ON = "2026-11"
ZONE = "America/Lima"
UTC_OFFSET = timedelta(hours=5)  # Lima is 5 hours behind UTC all year
SLOT_MINUTES = 15
OPENS = time(9)
SEQUENCES_A_DAY = 1440
FAR_PAST = "1970-01-01 00:00:00.000000"
FAR_FUTURE = "9999-12-31 00:00:00.000000"
# Offices where nobody finds a place for as long as the calendar is open.
FULL = 0.02
WALK_IN = 0.05
LANGUAGES = ([["es"]] * 5) + ([["es", "qu"]] * 2) + [["es", "ay"], ["es", "en"], None]


@dataclass(frozen=True)
class Plan:
    """What was asked for; see `generate.fill`."""

    offices: int
    days: int
    slots_a_day: int
    seats: int
    taken: float
    seed: int
    first_day: date

    def __post_init__(self) -> None:
        if self.offices < 1 or self.days < 1 or not 1 <= self.slots_a_day <= 60 or not 1 <= self.seats <= 200:
            raise ValueError("at least one office, one day, 1 to 60 slots a day and 1 to 200 seats")
        if not 0 <= self.taken <= 1:
            raise ValueError("the share of taken seats is from 0 to 1")

    def taken_on(self, offset: int) -> float:
        """The share of a day's seats that are taken: most on the first day, fewest on the last, `taken` on average."""
        spread = min(self.taken, 1 - self.taken)
        return self.taken + spread * (1 - 2 * offset / max(1, self.days - 1))


@dataclass
class Invented:
    """How many rows of each were written."""

    offices: int = 0
    slots: int = 0
    seats: int = 0
    appointments: int = 0


def invented_tables(plan: Plan, seeds: Path, sealed_number: str, invented: Invented) -> Iterator[Table]:
    """Every table with its columns and rows, those that others refer to first; counts into `invented`.

    `sealed_number` is what stands, sealed, where a document's number belongs: the citizens are nobody.
    """
    regions, localities = _read(seeds / "regions.csv"), _read(seeds / "localities.csv")
    services = [s for s in json.loads((seeds / "services.json").read_text("utf-8")) if s["bookable"]]
    yield "region", ("code", "name", "iso"), ((r["code"], r["name"], r["iso"]) for r in regions)
    yield (
        "source",
        ("code", "title", "consulted_on"),
        iter([(SOURCE, "Invented to measure with", CONFIRMED_ON)]),
    )
    yield _localities(localities)
    yield _services(services)
    country = [_office(plan, number, localities) for number in range(1, plan.offices + 1)]
    invented.offices = len(country)
    yield "office", _OFFICE, iter(country)
    yield "offer", _OFFER, _offers(plan, len(services))
    yield "opening_hours", _HOURS, _opening_hours(plan)
    yield "opening_rule", _RULE, _rules(plan)
    yield "opening_rule_service", ("rule_id", "service_id"), _rule_services(plan, len(services))
    yield "booking", _BOOKING, _bookings(plan)
    yield "appointment", _APPOINTMENT, _appointments(plan, sealed_number, invented)
    yield "slot", _SLOT, _slots(plan, invented)
    yield "seat", _SEAT, _seats(plan, invented)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _localities(localities: Sequence[dict[str, str]]) -> Table:
    columns = ("geonames_id", "name", "region_code", "district_inei", "latitude", "longitude", "population")
    rows = (
        (
            int(place["geonames_id"]),
            place["name"],
            place["region_inei"],
            place["district_inei"] or None,
            *(float(place["latitude"]), float(place["longitude"]), int(place["population"])),
            place["other_names"],
        )
        for place in localities
    )
    return "locality", (*columns, "other_names"), rows


def _services(services: Sequence[dict[str, object]]) -> Table:
    columns = ("id", "code", "position", "duration_minutes", "extra_minutes", "texts", "bookable")
    rows = (
        # The last one takes two slots, so that runs of seats are looked for as well.
        (
            *(number, service["code"], number, SLOT_MINUTES * (1 + (number == len(services))), 5),
            json.dumps(service["texts"]),
            *(True, True, SOURCE, CONFIRMED_ON),
        )
        for number, service in enumerate(services, 1)
    )
    return "service", (*columns, "demonstration", "source_code", "confirmed_on"), rows


# --- Offices --------------------------------------------------------------------------------------

_OFFICE = (
    *("id", "slug", "name", "kind", "status", "region_code", "city", "address", "latitude", "longitude"),
    *(
        "location_precision",
        "timezone",
        "languages",
        "step_free",
        "demonstration",
        "source_code",
        "confirmed_on",
    ),
)
_OFFER = ("office_id", "service_id", "offers", "attendance", "demonstration", "source_code", "confirmed_on")
_HOURS = ("id", "office_id", "weekday", "opens", "closes", "source_code", "confirmed_on")


def _office(plan: Plan, number: int, localities: Sequence[dict[str, str]]) -> Row:
    """Near a town of the country, in no pattern."""
    draw = random.Random(f"office {plan.seed} {number}")
    town = draw.choice(localities)
    address = f"Jr. Inventado {draw.randint(100, 999)}" if draw.random() < 0.6 else None
    languages = draw.choice(LANGUAGES)
    return (
        *(number, f"office-{number:05}", f"Oficina inventada {number}"),
        draw.choices(["decentralised-office", "service-centre", "headquarters"], [70, 28, 2])[0],
        draw.choices(["open", "announced", "suspended"], [97, 2, 1])[0],
        *(town["region_inei"], town["name"], address),
        round(max(-89.0, min(89.0, float(town["latitude"]) + draw.gauss(0, 0.1))), 5),
        round(float(town["longitude"]) + draw.gauss(0, 0.1), 5),
        *("address" if address else "city", ZONE),
        languages and json.dumps(languages),
        draw.choice(["yes", "no", "unknown", "unknown"]),
        *(True, SOURCE, CONFIRMED_ON),
    )


@dataclass(frozen=True)
class _Ways:
    """What an office attends, and how; `full` ones have no place left."""

    scheduled: bool
    full: bool
    offers: tuple[str, ...]
    attendance: str


def _ways(plan: Plan, office: int, services: int) -> _Ways:
    draw = random.Random(f"ways {plan.seed} {office}")
    attendance = "walk-in" if draw.random() < WALK_IN else draw.choice(["appointment"] * 9 + ["unknown"])
    offers = tuple(draw.choices(["yes", "unknown", "no"], [70, 15, 15], k=services))
    return _Ways(attendance == "appointment", draw.random() < FULL, offers, attendance)


def _offers(plan: Plan, services: int) -> Iterator[Row]:
    for office in range(1, plan.offices + 1):
        ways = _ways(plan, office, services)
        for service, offered in enumerate(ways.offers, 1):
            yield office, service, offered, ways.attendance, True, SOURCE, CONFIRMED_ON


def _opening_hours(plan: Plan) -> Iterator[Row]:
    for office in range(1, plan.offices + 1):
        for weekday in range(5):
            number = (office - 1) * 5 + weekday + 1
            yield number, office, weekday, _clock(OPENS), _clock(_closes(plan)), SOURCE, CONFIRMED_ON


# --- Schedule -------------------------------------------------------------------------------------

_RULE = (
    *(
        "id",
        "office_id",
        "weekday",
        "opens",
        "closes",
        "slot_minutes",
        "seats",
        "valid_from",
        "demonstration",
    ),
)
_SLOT = ("id", "rule_id", "office_id", "sequence", "starts_at", "ends_at")
_SEAT = ("slot_id", "no", "office_id", "starts_at", "free_from", "general_from", "appointment_id")


def _clock(hour: time) -> str:
    return hour.strftime("%H:%M:%S.%f")


def _closes(plan: Plan) -> time:
    last = datetime.combine(plan.first_day, OPENS) + timedelta(minutes=SLOT_MINUTES * plan.slots_a_day)
    return last.time() if last.date() == plan.first_day else time(23, 59)


def _scheduled(plan: Plan) -> Iterator[tuple[int, bool]]:
    """The offices that take appointments, and whether they are full."""
    for office in range(1, plan.offices + 1):
        ways = _ways(plan, office, 1)
        if ways.scheduled:
            yield office, ways.full


def _rules(plan: Plan) -> Iterator[Row]:
    for office, _ in _scheduled(plan):
        for weekday in range(5):
            yield (
                *(_rule_of(office, weekday), office, weekday, _clock(OPENS), _clock(_closes(plan))),
                *(SLOT_MINUTES, plan.seats, plan.first_day.isoformat(), True),
            )


def _rule_of(office: int, weekday: int) -> int:
    return (office - 1) * 5 + weekday + 1


def _rule_services(plan: Plan, services: int) -> Iterator[Row]:
    for office, _ in _scheduled(plan):
        for weekday in range(5):
            for service in range(1, services + 1):
                yield _rule_of(office, weekday), service


@dataclass(frozen=True, slots=True)
class _Slot:
    """One slot: `takers` are the appointments of its first seats, in their order; None is a free seat.

    Each has a booking of its own, of the same number.
    """

    id: int
    office: int
    rule: int
    sequence: int
    starts_at: str
    ends_at: str
    takers: tuple[int | None, ...]


def _walk(plan: Plan) -> Iterator[_Slot]:
    """Every slot of the country, always the same, office by office and day by day."""
    days = [plan.first_day + timedelta(days=offset) for offset in range(plan.days)]
    working = [(offset, day, _instants(plan, day)) for offset, day in enumerate(days) if day.weekday() < 5]
    slot = appointment = 0
    for office, full in _scheduled(plan):
        chance = random.Random(f"takers {plan.seed} {office}").random
        for offset, day, instants in working:
            share = 1.0 if full else plan.taken_on(offset)
            first = day.toordinal() * SEQUENCES_A_DAY
            rule = _rule_of(office, day.weekday())
            for place, (starts_at, ends_at) in enumerate(instants):
                slot += 1
                takers: list[int | None] = []
                for _ in range(plan.seats):
                    taken = chance() < share
                    appointment += taken
                    takers.append(appointment if taken else None)
                yield _Slot(slot, office, rule, first + place, starts_at, ends_at, tuple(takers))


def _instants(plan: Plan, day: date) -> list[tuple[str, str]]:
    opens = datetime.combine(day, OPENS) + UTC_OFFSET
    edges = [opens + timedelta(minutes=SLOT_MINUTES * i) for i in range(plan.slots_a_day + 1)]
    written = [f"{edge:%Y-%m-%d %H:%M:%S}.000000" for edge in edges]
    return list(zip(written, written[1:], strict=False))


def _slots(plan: Plan, invented: Invented) -> Iterator[Row]:
    for each in _walk(plan):
        invented.slots += 1
        yield each.id, each.rule, each.office, each.sequence, each.starts_at, each.ends_at


def _seats(plan: Plan, invented: Invented) -> Iterator[Row]:
    for each in _walk(plan):
        invented.seats += len(each.takers)
        for no, taker in enumerate(each.takers, 1):
            free_from = FAR_PAST if taker is None else FAR_FUTURE
            yield each.id, no, each.office, each.starts_at, free_from, FAR_PAST, taker


# --- Citizens -------------------------------------------------------------------------------------

_BOOKING = ("id", "reference", "submission", "channel", "on_behalf", "language", "created_at")
_APPOINTMENT = (
    *("id", "booking_id", "office_id", "service_id", "starts_at", "ends_at", "slots", "status", "hold"),
    *("person_key", "document_type", "document_number", "given_names", "family_names"),
    *("preferential", "documents", "created_at"),
)


def _bookings(plan: Plan) -> Iterator[Row]:
    created_at = _created_at(plan)
    for each in _walk(plan):
        for taker in each.takers:
            if taker is not None:
                yield (
                    *(taker, f"DEMO-{taker:08}", f"generated-{taker}", "demonstration", "self", "es"),
                    created_at,
                )


def _appointments(plan: Plan, sealed_number: str, invented: Invented) -> Iterator[Row]:
    created_at = _created_at(plan)
    for each in _walk(plan):
        for taker in each.takers:
            if taker is None:
                continue
            invented.appointments += 1
            yield (
                *(taker, taker, each.office, 1, each.starts_at, each.ends_at, 1, "booked"),
                f"generated-{taker}",
                *(f"generated-{taker}", "other", sealed_number, "Invented", "Citizen", False, 1, created_at),
            )


def _created_at(plan: Plan) -> str:
    return f"{plan.first_day - timedelta(days=1)} 12:00:00.000000"
