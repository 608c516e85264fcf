"""How the day's list is arranged: pure values, no database."""

from datetime import UTC, datetime, timedelta

from consular.appointments.queries import TodayRow
from consular.appointments.rules import STATUS_CHANGES
from consular.desk.board import ASIDE, BACK, FORWARD, GROUPS, board, matches

NINE = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)


def row(status: str = "booked", **facts: object) -> TodayRow:
    given = {
        "reference": "K7QM-4T3X",
        "status": status,
        "starts_at": NINE,
        "ends_at": NINE + timedelta(minutes=15),
        "given_names": "Rosa María",
        "family_names": "Quispe Ñahui",
        "document_type": "dni",
        "document_tail": "410",
        "service_code": "apostille",
        "service_texts": {},
        "preferential": False,
        "documents": 1,
        "arrived_at": None,
        "serving_at": None,
        "ended_at": None,
        **facts,
    }
    return TodayRow(**given)


def test_every_button_leads_where_the_rules_allow():
    leads = [
        *FORWARD.items(),
        *BACK.items(),
        *((status, to) for status, targets in ASIDE.items() for to in targets),
    ]
    assert len(leads) >= 8
    assert [(status, to) for status, to in leads if to not in STATUS_CHANGES[status]] == []
    assert {status for status, _ in leads} == set(GROUPS)


def test_the_day_counts_everybody_and_shows_who_is_sought():
    day = [row("booked"), row("served", family_names="Condori"), row("arrived", arrived_at=NINE)]
    shown = board(day, NINE, "condori")
    assert (shown.total, shown.found) == (3, 1)
    assert shown.counts == {"serving": 0, "arrived": 1, "booked": 1, "served": 1, "no_show": 0}
    assert [len(people) for people in shown.groups.values()] == [0, 0, 0, 1, 0]


def test_waiting_is_whole_minutes_and_only_of_those_who_wait():
    arrived = NINE - timedelta(minutes=3, seconds=59)
    (person,) = board([row("arrived", arrived_at=arrived)], NINE).groups["arrived"]
    assert person.waiting == 3
    (person,) = board([row("serving", arrived_at=arrived)], NINE).groups["serving"]
    assert person.waiting is None
    (person,) = board([row("arrived", arrived_at=NINE + timedelta(minutes=1))], NINE).groups["arrived"]
    assert person.waiting == 0


def test_late_is_after_the_time_and_only_of_those_to_come():
    assert not board([row()], NINE).groups["booked"][0].late
    assert board([row()], NINE + timedelta(seconds=1)).groups["booked"][0].late
    assert not board([row("arrived")], NINE + timedelta(hours=1)).groups["arrived"][0].late


def test_the_next_to_call_is_preferential_then_by_time_then_by_arrival():
    def waiting(reference: str, minutes: int, arrived: int, *, preferential: bool = False) -> TodayRow:
        return row(
            "arrived",
            reference=reference,
            starts_at=NINE + timedelta(minutes=minutes),
            arrived_at=NINE + timedelta(minutes=arrived),
            preferential=preferential,
        )

    day = [
        waiting("D", 15, 0),
        waiting("C", 0, 9),
        waiting("B", 0, 2),
        waiting("A", 60, 30, preferential=True),
    ]
    shown = board(day, NINE + timedelta(hours=1))
    assert [person.row.reference for person in shown.groups["arrived"]] == ["A", "B", "C", "D"]
    assert shown.next_waiting is not None
    assert shown.next_waiting.row.reference == "A"
    assert board([row()], NINE).next_waiting is None


def test_a_search_that_finds_one_knows_whom():
    shown = board([row(), row("served", family_names="Condori")], NINE, "condori")
    assert shown.only is not None
    assert shown.only.row.family_names == "Condori"
    assert board([row()], NINE, "zzz").only is None


def test_a_document_is_matched_by_its_end():
    assert matches(row(), "410")
    assert matches(row(), "10117410")
    assert matches(row(), "101174102")  # with the check character that the card prints
    assert not matches(row(), "10117411")
    assert not matches(row(), "41")
    assert not matches(row(document_type="ce"), "101174102")
    assert matches(row(document_type="ce", document_tail="567"), "001234567")
    assert not matches(row(document_tail=""), "410")


def test_a_reference_is_matched_however_it_is_written():
    for typed in ("K7QM-4T3X", "k7qm4t3x", "k7qm 4t3x", "https://x.pe/es/mi-cita/K7QM-4T3X#qr", "K7QM–4T3X"):
        assert matches(row(), typed), typed
    assert not matches(row(), "K7QM-4T3Y")
