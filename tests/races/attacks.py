"""What somebody at an SQL console might try: by mistake, in a hurry, or to sell a place.

Names in braces are rows of the stage (`stage.py`). Each attack is refused, or changes nothing that
matters; the two lists say which, and the audit has the last word on both.
"""

# ruff: noqa: S608 - attacks are put together from constants of these files: that is their nature

from dataclasses import dataclass

BOTH = ("sqlite", "postgresql")
SQLITE = ("sqlite",)
POSTGRESQL = ("postgresql",)


@dataclass(frozen=True)
class Attack:
    """Statements that a console sends one after the other; `refused`: at least one must fail."""

    name: str
    statements: tuple[str, ...]
    refused: bool = True
    dialects: tuple[str, ...] = BOTH


def refused(name: str, *statements: str, on: tuple[str, ...] = BOTH) -> Attack:
    return Attack(name, statements, True, on)


def harmless(name: str, *statements: str, on: tuple[str, ...] = BOTH) -> Attack:
    return Attack(name, statements, False, on)


def appointment(verb: str = "INSERT INTO", **changed: str) -> str:
    """An INSERT of an appointment for the one seat that `one_hold` keeps at 10:30, but for what is changed."""
    values = {
        "booking_id": "{rosa_booking}",
        "office_id": "{cusco_office}",
        "service_id": "{certificate}",
        "starts_at": "{t1030}",
        "ends_at": "{t1045}",
        "slots": "1",
        "status": "'booked'",
        "hold": "'{one_hold}'",
        "person_key": "'nobody'",
        "document_type": "'dni'",
        "document_number": "'x'",
        "given_names": "'X'",
        "family_names": "'X'",
        "preferential": "{no}",
        "created_at": "{t0700}",
        **changed,
    }
    return f"{verb} appointment ({', '.join(values)}) VALUES ({', '.join(values.values())})"


def seat(verb: str, slot: str, no: str, taken_by: str = "NULL", end: str = "") -> str:
    columns = "slot_id, no, office_id, starts_at, free_from, general_from, hold, appointment_id"
    free = "{past}" if taken_by == "NULL" else "{far}"
    return (
        f"{verb} seat ({columns}) SELECT s.id, {no}, s.office_id, s.starts_at, {free}, {{past}}, NULL, {taken_by} "
        f"FROM slot s WHERE s.id = {slot}{end}"
    )


A_SEAT_CHANGES_HANDS = (
    refused(
        "give rosa's seat to julio", "UPDATE seat SET appointment_id = {julio} WHERE appointment_id = {rosa}"
    ),
    refused(
        "give rosa a second seat",
        "UPDATE seat SET appointment_id = {rosa}, free_from = {far} WHERE slot_id = {cusco_slot_8} AND no = 1",
    ),
    refused(
        "give rosa a second seat through her old hold",
        "UPDATE seat SET hold = '{rosa_hold}', free_from = {far} WHERE slot_id = {cusco_slot_8} AND no = 1",
        "UPDATE seat SET appointment_id = {rosa}, hold = NULL WHERE slot_id = {cusco_slot_8} AND no = 1",
    ),
    refused(
        "exchange two seats",
        "UPDATE seat SET appointment_id = CASE appointment_id WHEN {rosa} THEN {elena} ELSE {rosa} END "
        "WHERE appointment_id IN ({rosa}, {elena})",
    ),
    refused(
        "rotate every owner",
        "UPDATE seat SET appointment_id = (SELECT min(id) FROM appointment WHERE id > seat.appointment_id) "
        "WHERE appointment_id IS NOT NULL",
    ),
    refused("free a taken seat", "UPDATE seat SET appointment_id = NULL WHERE appointment_id = {rosa}"),
    refused(
        "free a taken seat completely",
        "UPDATE seat SET appointment_id = NULL, hold = NULL, free_from = {past} WHERE appointment_id = {rosa}",
    ),
    refused("free every seat", "UPDATE seat SET appointment_id = NULL, free_from = {past}"),
    refused("offer a taken seat", "UPDATE seat SET free_from = {past} WHERE appointment_id = {rosa}"),
    refused("hold a taken seat", "UPDATE seat SET hold = 'mine' WHERE appointment_id = {rosa}"),
    refused(
        "offer and hold every seat of a full slot",
        "UPDATE seat SET hold = 'mine', free_from = {past} WHERE slot_id = {cusco_slot_0}",
    ),
    refused(
        "give a seat to nobody",
        "UPDATE seat SET appointment_id = 999999, free_from = {far} WHERE slot_id = {cusco_slot_8} AND no = 1",
    ),
    refused(
        "give a seat to an appointment that has ended",
        "UPDATE seat SET appointment_id = {gone}, free_from = {far} WHERE slot_id = {cusco_slot_4} AND no = 1",
    ),
    refused(
        "cancel and take back in one transaction",
        "BEGIN",
        "UPDATE appointment SET status = 'cancelled' WHERE id = {rosa}",
        "UPDATE seat SET appointment_id = {rosa}, free_from = {far} WHERE slot_id = {cusco_slot_0} AND no = 1",
        "COMMIT",
    ),
    refused(
        "change hands whatever it conflicts with",
        "UPDATE OR REPLACE seat SET appointment_id = {julio} WHERE appointment_id = {rosa}",
        on=SQLITE,
    ),
    refused(
        "change hands and ignore the refusal",
        "UPDATE OR IGNORE seat SET appointment_id = NULL WHERE appointment_id = {rosa}",
        on=SQLITE,
    ),
    refused(
        "change hands and keep what was done before the refusal",
        "UPDATE OR FAIL seat SET free_from = {past}, appointment_id = NULL WHERE slot_id IN ({cusco_slot_8}, {cusco_slot_0})",
        on=SQLITE,
    ),
    refused(
        "offer a taken seat with the checks off",
        "PRAGMA ignore_check_constraints = ON",
        "UPDATE seat SET free_from = {past}, hold = 'mine' WHERE appointment_id = {rosa}",
        on=SQLITE,
    ),
    refused(
        "end her appointment and give her seat away in one statement",
        "WITH ended AS (UPDATE appointment SET status = 'cancelled' WHERE id = {rosa} RETURNING id) "
        "UPDATE seat SET appointment_id = {julio} FROM ended WHERE seat.appointment_id = ended.id",
        on=POSTGRESQL,
    ),
    refused(
        "merge a seat over to julio",
        "MERGE INTO seat USING (SELECT {rosa} AS owner) AS taken ON seat.appointment_id = taken.owner "
        "WHEN MATCHED THEN UPDATE SET appointment_id = {julio}",
        on=POSTGRESQL,
    ),
    refused(
        "postpone the constraints",
        "BEGIN",
        "SET CONSTRAINTS ALL DEFERRED",
        "UPDATE seat SET appointment_id = NULL, free_from = {past} WHERE appointment_id = {rosa}",
        "COMMIT",
        on=POSTGRESQL,
    ),
)

A_SEAT_APPEARS_OR_GOES = (
    refused("remove a taken seat", "DELETE FROM seat WHERE appointment_id = {rosa}"),
    refused("remove every seat", "DELETE FROM seat"),
    refused("remove a full slot's seats", "DELETE FROM seat WHERE slot_id = {cusco_slot_0}"),
    refused("a seat born taken", seat("INSERT INTO", "{cusco_slot_8}", "90", "{rosa}")),
    refused(
        "copy a taken seat",
        "INSERT INTO seat SELECT slot_id, no + 100, office_id, starts_at, free_from, general_from, hold, "
        "appointment_id FROM seat WHERE appointment_id = {rosa}",
    ),
    refused("the same seat again", seat("INSERT INTO", "{cusco_slot_0}", "1")),
    refused(
        "a seat in a slot that is not there",
        "INSERT INTO seat (slot_id, no, office_id, starts_at, free_from, general_from) "
        "VALUES (999999, 1, {cusco_office}, {t1000}, {past}, {past})",
    ),
    refused(
        "a seat that says another office than its slot",
        "INSERT INTO seat (slot_id, no, office_id, starts_at, free_from, general_from) "
        "VALUES ({cusco_slot_8}, 91, {tacna_office}, {t1100}, {past}, {past})",
    ),
    refused(
        "a seat that says another time than its slot",
        "INSERT INTO seat (slot_id, no, office_id, starts_at, free_from, general_from) "
        "VALUES ({cusco_slot_8}, 91, {cusco_office}, {t0900}, {past}, {past})",
    ),
    refused(
        "replace a taken seat with a free one",
        seat("INSERT OR REPLACE INTO", "{cusco_slot_0}", "1"),
        on=SQLITE,
    ),
    refused("replace, in short", seat("REPLACE INTO", "{cusco_slot_0}", "1"), on=SQLITE),
    refused("replace by a key that is text", seat("REPLACE INTO", "{cusco_slot_0}", "'1'"), on=SQLITE),
    refused("replace by a key that is a fraction", seat("REPLACE INTO", "{cusco_slot_0}", "1.0"), on=SQLITE),
    refused(
        "replace in many rows at once",
        "INSERT OR REPLACE INTO seat SELECT slot_id, no, office_id, starts_at, {past}, general_from, NULL, NULL FROM seat",
        on=SQLITE,
    ),
    refused(
        "free a seat on conflict",
        seat(
            "INSERT INTO",
            "{cusco_slot_0}",
            "1",
            end=" ON CONFLICT (slot_id, no) DO UPDATE SET appointment_id = NULL",
        ),
        on=POSTGRESQL,
    ),
    refused(
        "free a seat on conflict",
        seat(
            "INSERT INTO",
            "{cusco_slot_0}",
            "1",
            end=" ON CONFLICT (slot_id, no) DO UPDATE SET appointment_id = NULL",
        ),
        on=SQLITE,
    ),
    refused(
        "move a seat onto another's key, whatever it conflicts with",
        "UPDATE OR REPLACE seat SET no = 1 WHERE slot_id = {cusco_slot_0} AND no = 2",
        on=SQLITE,
    ),
    refused(
        "move a free seat onto a taken one's key",
        "UPDATE OR REPLACE seat SET slot_id = {cusco_slot_0} WHERE slot_id = {cusco_slot_8}",
        on=SQLITE,
    ),
    refused(
        "reach a seat by a hidden key",
        "UPDATE OR REPLACE seat SET rowid = 1 WHERE appointment_id = {rosa}",
        on=SQLITE,
    ),
    refused(
        "move a taken seat to another slot",
        "UPDATE seat SET slot_id = {cusco_slot_8}, no = 80 WHERE appointment_id = {rosa}",
    ),
    refused(
        "move a free seat to a full slot",
        "UPDATE seat SET slot_id = {cusco_slot_0}, no = 80 WHERE slot_id = {cusco_slot_8} AND no = 1",
    ),
    refused("renumber a taken seat", "UPDATE seat SET no = 80 WHERE appointment_id = {rosa}"),
    refused(
        "send a seat to another office",
        "UPDATE seat SET office_id = {tacna_office} WHERE appointment_id = {rosa}",
    ),
    refused(
        "let a seat begin at another time",
        "UPDATE seat SET starts_at = {t1200} WHERE appointment_id = {rosa}",
    ),
    refused("empty the seats", "TRUNCATE seat", on=POSTGRESQL),
    refused("empty the seats and start again", "TRUNCATE seat RESTART IDENTITY CASCADE", on=POSTGRESQL),
    refused(
        "merge a seat away",
        "MERGE INTO seat USING (SELECT {rosa} AS owner) AS taken ON seat.appointment_id = taken.owner "
        "WHEN MATCHED THEN DELETE",
        on=POSTGRESQL,
    ),
    refused(
        "end her appointment and remove her seat in one statement",
        "WITH ended AS (UPDATE appointment SET status = 'cancelled' WHERE id = {rosa} RETURNING id), "
        "removed AS (DELETE FROM seat USING ended WHERE seat.appointment_id = ended.id RETURNING no) SELECT * FROM removed",
        on=POSTGRESQL,
    ),
)
