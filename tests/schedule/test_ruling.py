"""Opening rules of one office that overlap in time have different services."""

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import func, select

from consular.foundation.database import db, transaction
from consular.schedule.models import OpeningRule
from consular.schedule.ruling import RulesOverlap, add_rule
from tests.databases import on_both_databases
from tests.factories import World

pytestmark = on_both_databases

SATURDAY: dict[str, Any] = {
    "weekday": 5,
    "opens": time(9),
    "closes": time(12),
    "slot_minutes": 15,
    "seats": 2,
    "valid_from": date(2026, 12, 1),
    "valid_until": date(2026, 12, 31),
}


def _add(world: World, *services: str, office: str = "cusco", **changes: Any) -> None:
    with transaction():
        add_rule(
            world.offices[office], [world.services[code] for code in services], **{**SATURDAY, **changes}
        )


def test_a_rule_that_meets_another_of_its_service_is_refused_in_words(world: World, session) -> None:
    _add(world, "apostille")
    before = db.session.scalar(select(func.count()).select_from(OpeningRule))
    with pytest.raises(RulesOverlap, match=r"serves apostille on weekday 5 from 09:00 to 12:00") as refused:
        _add(world, "legalisation", "apostille", opens=time(11, 45), closes=time(13))
    assert refused.value.facts["service"] == "apostille"
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(OpeningRule)) == before


@pytest.mark.parametrize(
    "meets",
    [
        {},
        {"opens": time(11, 59), "closes": time(13)},
        {"opens": time(8), "closes": time(9, 1)},
        {"opens": time(10), "closes": time(10, 15)},
        {"valid_from": date(2026, 12, 31), "valid_until": None},
        {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 1)},
    ],
)
def test_every_way_of_meeting_is_seen(world: World, session, meets: dict[str, Any]) -> None:
    _add(world, "apostille")
    with pytest.raises(RulesOverlap):
        _add(world, "apostille", **meets)


@pytest.mark.parametrize(
    "apart",
    [
        {"opens": time(12), "closes": time(13)},
        {"opens": time(8), "closes": time(9)},
        {"weekday": 6},
        {"valid_from": date(2027, 1, 1), "valid_until": None},
        {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 11, 30)},
        {"office": "tacna"},
    ],
)
def test_what_does_not_meet_is_written(world: World, session, apart: dict[str, Any]) -> None:
    before = session.scalar(select(func.count()).select_from(OpeningRule))
    _add(world, "apostille")
    _add(world, "apostille", **apart)
    _add(world, "legalisation")
    assert session.scalar(select(func.count()).select_from(OpeningRule)) == before + 3


def test_a_rule_without_end_is_met_later_too(world: World, session) -> None:
    _add(world, "apostille", valid_until=None)
    with pytest.raises(RulesOverlap):
        _add(world, "apostille", valid_from=date(2031, 1, 1), valid_until=None)
