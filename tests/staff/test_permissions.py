"""Who may do what, and where."""

from dataclasses import replace

import pytest

from consular.staff.models import Role
from consular.staff.permissions import MAY, Action, DeskOffice, NotAllowed, StaffAccount, may, require

CUSCO = DeskOffice(1, "cusco", "Cusco", "open", "America/Lima")
MIRTA = StaffAccount(1, "mirta@example.pe", "Mirta", Role.CLERK, CUSCO, "es", True, 1)
INES = StaffAccount(2, "ines@example.pe", "Inés", Role.ADMINISTRATOR, None, "es", True, 1)


def test_every_role_has_its_line_in_the_table():
    assert set(MAY) == set(Role)


@pytest.mark.parametrize("action", Action)
def test_a_clerk_acts_at_one_office(action):
    assert may(MIRTA, action, "cusco") == (action in MAY[Role.CLERK])
    assert not may(MIRTA, action, "tacna")
    with pytest.raises(NotAllowed) as refused:
        require(MIRTA, action, "tacna")
    assert refused.value.facts == {"action": action.value, "office": "tacna"}


@pytest.mark.parametrize("action", Action)
def test_an_administrator_acts_anywhere(action):
    assert may(INES, action, "cusco")
    assert may(INES, action, "tacna")
    assert may(INES, action)


@pytest.mark.parametrize("account", [MIRTA, INES])
def test_a_closed_account_may_nothing(account):
    closed = replace(account, active=False)
    assert not any(may(closed, action, "cusco") for action in Action)


def test_what_the_table_lacks_is_refused(monkeypatch):
    monkeypatch.setitem(MAY, Role.CLERK, frozenset({Action.OPEN_DESK}))
    assert may(MIRTA, Action.OPEN_DESK)
    assert not may(MIRTA, Action.CHANGE_SEATS, "cusco")
