"""Attacks by which one statement writes an appointment and gives it seats, as a booking does on PostgreSQL.

SQLite's guards look at each row when it is written, so there no statement can do both.
"""

from tests.races.attacks import POSTGRESQL, appointment, harmless, refused


def given(seats: str, **changed: str) -> str:
    """Write an appointment for 11:00, but for what is changed, and give it the seats of a condition."""
    born = appointment(**{"starts_at": "{t1100}", "ends_at": "{t1115}", "hold": "'nothing'", **changed})
    return (
        f"WITH born AS ({born} RETURNING id) "
        f"UPDATE seat SET appointment_id = born.id, hold = NULL, free_from = {{far}} FROM born WHERE {seats}"
    )


FREE = "slot_id = {cusco_slot_8} AND no = 1"

BORN_WITH_SEATS = (
    refused(
        "a seat that is held",
        given("hold = '{one_hold}'", starts_at="{t1030}", ends_at="{t1045}"),
        on=POSTGRESQL,
    ),
    refused(
        "rosa's seat", given("appointment_id = {rosa}", starts_at="{t0900}", ends_at="{t0915}"), on=POSTGRESQL
    ),
    refused("no seat", given("no = 77"), on=POSTGRESQL),
    refused("every seat of a slot", given("slot_id = {cusco_slot_8}"), on=POSTGRESQL),
    refused("every seat there is", given("true", slots="3"), on=POSTGRESQL),
    refused("fewer than it needs", given(FREE, slots="2", ends_at="{t1130}"), on=POSTGRESQL),
    refused("a seat of another time", given(FREE, starts_at="{t1115}", ends_at="{t1130}"), on=POSTGRESQL),
    refused("a seat with another end", given(FREE, ends_at="{t1130}"), on=POSTGRESQL),
    refused("a seat of another office", given(FREE, office_id="{tacna_office}"), on=POSTGRESQL),
    refused("a seat although it has ended", given(FREE, status="'cancelled'"), on=POSTGRESQL),
    refused(
        "two seats of one slot",
        given("slot_id = {cusco_slot_8} AND no < 3", slots="2", ends_at="{t1130}"),
        on=POSTGRESQL,
    ),
    refused(
        "two seats of the first slot and one of the third",
        given(
            "(slot_id = {cusco_slot_8} AND no < 3) OR (slot_id = {cusco_slot_10} AND no = 3)",
            slots="3",
            ends_at="{t1145}",
        ),
        on=POSTGRESQL,
    ),
    refused(
        "a seat for a person who has an appointment already",
        given(FREE, person_key="'{rosa_key}'", service_id="{apostille}"),
        on=POSTGRESQL,
    ),
    refused(
        "a seat, and rosa's too",
        given(f"({FREE}) OR appointment_id = {{rosa}}", slots="2"),
        on=POSTGRESQL,
    ),
    harmless("a free seat", given(FREE), on=POSTGRESQL),
    harmless(
        "a free seat of each of three slots",
        given(
            "slot_id IN ({cusco_slot_8}, {cusco_slot_9}, {cusco_slot_10}) AND no = 3",
            slots="3",
            ends_at="{t1145}",
        ),
        on=POSTGRESQL,
    ),
    harmless("a free seat, though it has a hold elsewhere", given(FREE, hold="'{one_hold}'"), on=POSTGRESQL),
)
