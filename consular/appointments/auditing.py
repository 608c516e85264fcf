"""Audit capacity: re-check that seats and appointments agree and that the guards are in place."""

# ruff: noqa: S608 - the queries are put together from constants of this file

from dataclasses import dataclass

from sqlalchemy import Connection, text

from consular.appointments import guards
from consular.foundation.database import db

_OCCUPYING = "('booked', 'arrived', 'serving', 'served', 'no_show')"

# Each finds rows that must not exist: a name, and a query whose first column says where.
CHECKS = {
    "an occupying appointment without exactly its seats": f"""
        SELECT 'appointment ' || a.id FROM appointment a LEFT JOIN seat s ON s.appointment_id = a.id
        WHERE a.status IN {_OCCUPYING} GROUP BY a.id, a.slots HAVING count(s.no) <> a.slots""",
    "an occupying appointment whose seats are at another office or time": f"""
        SELECT 'appointment ' || a.id FROM appointment a
        JOIN seat s ON s.appointment_id = a.id JOIN slot t ON t.id = s.slot_id
        WHERE a.status IN {_OCCUPYING} GROUP BY a.id, a.office_id, a.starts_at, a.ends_at
        HAVING min(s.office_id) <> a.office_id OR max(s.office_id) <> a.office_id
            OR min(t.starts_at) <> a.starts_at OR max(t.ends_at) <> a.ends_at""",
    "an occupying appointment whose slots are not one unbroken run": f"""
        SELECT 'appointment ' || a.id FROM appointment a
        JOIN seat s ON s.appointment_id = a.id JOIN slot t ON t.id = s.slot_id
        WHERE a.status IN {_OCCUPYING} GROUP BY a.id, a.slots
        HAVING count(DISTINCT t.rule_id) <> 1 OR max(t.sequence) - min(t.sequence) + 1 <> a.slots""",
    "a seat taken by an appointment that does not occupy": f"""
        SELECT 'seat ' || s.slot_id || '/' || s.no FROM seat s
        LEFT JOIN appointment a ON a.id = s.appointment_id
        WHERE s.appointment_id IS NOT NULL AND (a.id IS NULL OR a.status NOT IN {_OCCUPYING})""",
    "a taken seat that is held or free": """
        SELECT 'seat ' || slot_id || '/' || no FROM seat
        WHERE appointment_id IS NOT NULL AND (hold IS NOT NULL OR free_from <= '9999-12-30')""",
    "a seat that disagrees with its slot": """
        SELECT 'seat ' || s.slot_id || '/' || s.no FROM seat s LEFT JOIN slot t ON t.id = s.slot_id
        WHERE t.id IS NULL OR t.office_id <> s.office_id OR t.starts_at <> s.starts_at""",
    "a slot without its rule or office": """
        SELECT 'slot ' || t.id FROM slot t LEFT JOIN opening_rule r ON r.id = t.rule_id
        LEFT JOIN office o ON o.id = t.office_id
        WHERE r.id IS NULL OR o.id IS NULL OR r.office_id <> t.office_id""",
    "an appointment without its booking, office or service": """
        SELECT 'appointment ' || a.id FROM appointment a LEFT JOIN booking b ON b.id = a.booking_id
        LEFT JOIN office o ON o.id = a.office_id LEFT JOIN service v ON v.id = a.service_id
        WHERE b.id IS NULL OR o.id IS NULL OR v.id IS NULL""",
    "a person with two active appointments for one service": """
        SELECT 'appointment ' || max(id) FROM appointment WHERE status IN ('booked', 'arrived', 'serving')
        GROUP BY person_key, service_id HAVING count(*) > 1""",
    "two slots of one office, service and start": """
        SELECT 'slot ' || max(t.id) FROM slot t JOIN opening_rule_service rs ON rs.rule_id = t.rule_id
        GROUP BY t.office_id, rs.service_id, t.starts_at HAVING count(*) > 1""",
}
MOST_SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """One disagreement: what is wrong, how many times, and where first."""

    problem: str
    count: int
    places: tuple[str, ...]


@dataclass(frozen=True)
class CapacityAudit:
    """What was counted and what disagrees; `findings` is empty when all is well."""

    seats: int
    taken: int
    occupying: int
    findings: tuple[Finding, ...]


def audit_capacity() -> CapacityAudit:
    """Check every seat and every appointment, and compare the database's triggers with ours. Reads only.

    In a transaction of its own, which is never committed: what PostgreSQL makes of our triggers is tried in it.
    """
    with db.engine.connect() as connection:
        return _audited(connection)


def _audited(connection: Connection) -> CapacityAudit:
    findings = []
    for problem, query in CHECKS.items():
        places = [str(row[0]) for row in connection.execute(text(query))]
        if places:
            findings.append(Finding(problem, len(places), tuple(places[:MOST_SHOWN])))
    findings += [Finding(problem, 1, ()) for problem in guards.drift(connection)]
    counted = connection.execute(text("SELECT count(*), count(appointment_id) FROM seat")).one()
    occupying = connection.execute(
        text(f"SELECT count(*) FROM appointment WHERE status IN {_OCCUPYING}")
    ).scalar_one()
    return CapacityAudit(counted[0], counted[1], occupying, tuple(findings))
