"""The offices that are closed for now are the nearest ones by the plain truth, however many there are."""

import random

from consular.foundation.geography import Position, geodesic_km
from consular.offices.cards import OfficeCard
from consular.offices.locator import Ranked
from consular.site.paused import MOST, paused_near
from tests.offices.conftest import card

HUARAZ = Position(-9.52614, -77.52869)


def _suspended(count: int) -> list[OfficeCard]:
    draw = random.Random("closed for now")
    return [
        card(number, f"closed-{number}", draw.uniform(-18, 0), draw.uniform(-81, -69), status="suspended")
        for number in range(1, count + 1)
    ]


def test_of_many_the_nearest_with_their_exact_distances() -> None:
    suspended = _suspended(200)
    truth = sorted((geodesic_km(HUARAZ, each.position), each.slug) for each in suspended)[:MOST]
    answers = [Ranked(card(900, "open", -12, -77), 2_000.0)]
    found = paused_near(suspended, {}, HUARAZ, answers)
    assert [(each.distance_km, each.office.slug) for each in found] == truth


def test_none_beyond_the_farthest_answer() -> None:
    suspended = _suspended(200)
    kms = sorted(geodesic_km(HUARAZ, each.position) for each in suspended)
    answers = [Ranked(card(900, "open", -12, -77), (kms[1] + kms[2]) / 2)]
    assert [each.distance_km for each in paused_near(suspended, {}, HUARAZ, answers)] == kms[:2]
