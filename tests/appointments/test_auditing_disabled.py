"""PostgreSQL can leave a trigger in its place and switch it off: the audit says so."""

import pytest
from sqlalchemy.orm import Session

from consular.appointments.auditing import audit_capacity
from consular.foundation.database import db
from tests.appointments.consoles import on_console
from tests.databases import on_postgresql

pytestmark = on_postgresql


@pytest.mark.parametrize("how", ["DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS"])
def test_a_guard_that_does_not_fire_as_ours_do_is_found(session: Session, how: str) -> None:
    on_console(db.engine, f"ALTER TABLE seat {how} TRIGGER seat_changes_hands")
    found = [finding.problem for finding in audit_capacity().findings]
    assert found == ["guard seat_changes_hands was altered or disabled"]
    on_console(db.engine, "ALTER TABLE seat ENABLE TRIGGER seat_changes_hands")
    assert audit_capacity().findings == ()
