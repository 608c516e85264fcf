"""A peer is raced for starts at which all its seats are free, and its second form follows the first."""

from pathlib import Path
from urllib.parse import parse_qs

from bench.load import Request, _script
from bench.peers.django_appointment_server import PERSON, Place, Site


def place(start: str, member: int) -> Place:
    return Place("2026-11-27", f"{start}:00", "17:00:00", member)


# Two offices of two seats; at 08:00 the first has one left, at 08:15 both have all.
FREE = [place("08:00", 2), *(place("08:15", member) for member in (1, 2, 3, 4))]
SITE = Site("http://127.0.0.1:1", "sessionid=x", 7, [[1, 2], [3, 4]], ["2026-11-27"], FREE)


def test_races_are_for_starts_with_every_seat_free() -> None:
    assert SITE.wholly_free() == [FREE[1:3], FREE[3:5]]


def test_each_seat_is_asked_for_each_day() -> None:
    asked = [parse_qs(each.path.partition("?")[2])["staff_member"] for each in SITE.days()]
    assert asked == [["1"], ["2"], ["3"], ["4"]]


def test_the_first_form_names_the_place() -> None:
    (form,) = SITE.bookings([place("08:15", 3)])
    assert parse_qs(form.body) == {
        "date": ["2026-11-27"],
        "start_time": ["08:15:00"],
        "end_time": ["17:00:00"],
        "service": ["7"],
        "staff_member": ["3"],
    }


def test_the_second_form_is_sent_only_where_one_is_given() -> None:
    followed = _script(Path("/listed"), repeated=False, following=Request("/second/", PERSON.body))
    assert f'wrk.format("POST", table.remove(led, 1), nil, "{PERSON.body}")' in followed
    assert 'string.find(to, "/second/", 1, true)' in followed
    assert "local to = false and" in _script(Path("/listed"), repeated=True, following=None)
