"""The order by distance and day, against its definition worked out by comparing everybody with everybody."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from consular.offices.locator import Ranked, Wishes, arranged, nearest

from .conftest import card

NOON = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
ZONES = ("America/Lima", "Asia/Tokyo")
ATTENDANCE = (None, "walk-in", "appointment", "both", "unknown")


@st.composite
def neighbourhoods(draw: st.DrawFn) -> tuple[list[Ranked], dict[int, datetime], dict[int, datetime]]:
    """Offices nearest first, what is free at some of them, and when some attend without appointment.

    Few distances and days, so that ties are common.
    """
    distances = sorted(draw(st.lists(st.sampled_from([0.0, 1.5, 20.0, 61.2, 300.0]), max_size=9)))
    near = [
        Ranked(
            card(
                number,
                f"office-{number}",
                0,
                0,
                timezone=draw(st.sampled_from(ZONES)),
                attendance=draw(st.sampled_from(ATTENDANCE)),
            ),
            km,
        )
        for number, km in enumerate(distances)
    ]
    hours = st.integers(0, 24 * 4).map(lambda hour: NOON + timedelta(hours=hour))
    some = st.dictionaries(st.integers(0, 8), hours, max_size=6)
    return near, draw(some), draw(some)


def _at(ranked: Ranked, free: dict[int, datetime], openings: dict[int, datetime]) -> datetime | None:
    known = [times[ranked.office.id] for times in (free, openings) if ranked.office.id in times]
    return min(known) if known else None


def _day(ranked: Ranked, at: datetime) -> date:
    return at.astimezone(ZoneInfo(ranked.office.timezone)).date()


@given(neighbourhoods())
def test_first_come_those_that_nobody_beats(
    neighbourhood: tuple[list[Ranked], dict[int, datetime], dict[int, datetime]],
) -> None:
    near, free, openings = neighbourhood
    dates = {each.office.id: _at(each, free, openings) for each in near}

    def beats(one: Ranked, other: Ranked) -> bool:
        at, other_at = dates[one.office.id], dates[other.office.id]
        if at is None or other_at is None:
            return False
        pair = (one.distance_km, _day(one, at))
        rival = (other.distance_km, _day(other, other_at))
        return pair[0] <= rival[0] and pair[1] <= rival[1] and pair != rival

    best = {
        each.office.id
        for each in near
        if dates[each.office.id] is not None and not any(beats(other, each) for other in near)
    }
    answers = arranged(near, free, openings, sort="within-reach")
    assert {each.office.id for each in answers if each.best} == best
    groups = [(not each.best, each.attends_at is None, each.distance_km) for each in answers]
    assert groups == sorted(groups)
    assert sorted(each.office.id for each in answers) == [each.office.id for each in near]
    assert {each.office.id: each.attends_at for each in answers} == dates
    assert {each.office.id: each.next_free_at for each in answers} == {id_: free.get(id_) for id_ in dates}


@given(neighbourhoods())
def test_of_the_best_each_farther_one_attends_on_an_earlier_day(
    neighbourhood: tuple[list[Ranked], dict[int, datetime], dict[int, datetime]],
) -> None:
    best = [each for each in arranged(*neighbourhood, sort="within-reach") if each.best and each.attends_at]
    for one, farther in zip(best, best[1:], strict=False):
        days = _day(one, one.attends_at or NOON), _day(farther, farther.attends_at or NOON)
        assert days[0] > days[1] or (days[0] == days[1] and one.distance_km == farther.distance_km)


@given(neighbourhoods())
def test_soonest_is_in_the_order_of_the_instants_and_unknown_comes_last(
    neighbourhood: tuple[list[Ranked], dict[int, datetime], dict[int, datetime]],
) -> None:
    near, free, openings = neighbourhood
    never = datetime.max.replace(tzinfo=UTC)
    expected = sorted(near, key=lambda each: (_at(each, free, openings) or never, near.index(each)))
    answers = arranged(near, free, openings, sort="soonest")
    assert [each.office.id for each in answers] == [each.office.id for each in expected]


def test_an_hour_earlier_is_no_reason_to_travel_and_a_day_earlier_is() -> None:
    near = [Ranked(card(1, "near", 0, 0), 5.0), Ranked(card(2, "far", 0, 0), 300.0)]
    tomorrow = NOON + timedelta(days=1)
    same_day = arranged(near, {1: tomorrow, 2: tomorrow - timedelta(hours=2)}, {}, sort="within-reach")
    assert [each.best for each in same_day] == [True, False]
    day_before = arranged(near, {1: tomorrow, 2: NOON}, {}, sort="within-reach")
    assert [each.best for each in day_before] == [True, True]


def test_an_office_with_no_known_date_is_never_among_the_best() -> None:
    near = [Ranked(card(1, "unknown", 0, 0, attendance="unknown"), 1.0), Ranked(card(2, "far", 0, 0), 90.0)]
    answers = arranged(near, {2: NOON}, {}, sort="within-reach")
    assert [(each.office.slug, each.best) for each in answers] == [("far", True), ("unknown", False)]
    nobody = arranged(near, {}, {}, sort="within-reach")
    assert [(each.office.slug, each.best) for each in nobody] == [("unknown", False), ("far", False)]


def test_without_distances_it_is_the_order_by_date() -> None:
    anywhere = nearest(None, [card(1, "a", 0, 0), card(2, "b", 0, 0)])
    answers = arranged(anywhere, {2: NOON}, {}, sort="within-reach")
    assert [each.office.slug for each in answers] == ["b", "a"]


def test_wishes_leave_out_only_what_is_known_not_to_fit() -> None:
    silent = card(1, "silent", 0, 0, languages=None, step_free="unknown")
    quechua = card(2, "quechua", 0, 0, languages=("es", "quz"), step_free="no", kind="service-centre")
    assert Wishes(language="qu").fits(silent)
    assert Wishes(language="qu").fits(quechua)  # Cusco Quechua is Quechua
    assert not Wishes(language="ay").fits(quechua)
    assert Wishes(step_free=True).fits(silent)
    assert not Wishes(step_free=True).fits(quechua)
    assert Wishes(kinds=("service-centre",)).fits(quechua)
    assert not Wishes(kinds=("service-centre",)).fits(silent)
