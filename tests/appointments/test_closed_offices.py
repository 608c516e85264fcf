"""An office that does not attend is refused for that reason, with or without slots."""

import pytest
from sqlalchemy import update

from consular.appointments.holding import hold_places
from consular.appointments.rules import OfficeClosed, Policy
from consular.foundation.database import transaction
from consular.offices.models import Office
from tests.databases import on_both_databases
from tests.factories import MORNING


@on_both_databases
@pytest.mark.parametrize("status", ["announced", "suspended", "closed"])
def test_an_office_without_slots_is_closed_rather_than_without_that_time(world, session, status) -> None:
    with transaction() as writing:
        writing.execute(update(Office).where(Office.slug == "ancash").values(status=status))
    with pytest.raises(OfficeClosed) as refused, transaction():
        hold_places(office="ancash", service="apostille", starts_at=MORNING, policy=Policy())
    assert refused.value.facts == {"office_status": status, "opens_on": None}
