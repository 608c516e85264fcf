"""What gives no appointments is refused for that reason, with or without slots."""

from datetime import date

import pytest
from sqlalchemy import update

from consular.appointments.holding import hold_places
from consular.appointments.rules import OfficeClosed, Policy, ServiceNotOffered
from consular.foundation.database import transaction
from consular.offices.models import Office, Service
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


@on_both_databases
def test_a_time_before_the_opening_day_is_refused_with_that_day(world, session) -> None:
    opens_on = date(2199, 1, 4)
    with transaction() as writing:
        writing.execute(
            update(Office).where(Office.slug == "ancash").values(status="open", opens_on=opens_on)
        )
    with pytest.raises(OfficeClosed) as refused, transaction():
        hold_places(office="ancash", service="apostille", starts_at=MORNING, policy=Policy())
    assert refused.value.facts == {"office_status": "open", "opens_on": opens_on}


@on_both_databases
def test_a_service_that_is_done_online_has_no_time_to_look_for(world, session) -> None:
    with transaction() as writing:
        writing.execute(update(Service).where(Service.code == "apostille").values(bookable=False))
    never = MORNING.replace(hour=3)
    with pytest.raises(ServiceNotOffered), transaction():
        hold_places(office="ancash", service="apostille", starts_at=never, policy=Policy())
