"""What each role may do, in one table, and at which office."""

from dataclasses import dataclass
from enum import StrEnum

from consular.foundation.errors import Refusal
from consular.staff.models import Role


class Action(StrEnum):
    """Something that staff do. A view names the one that it needs."""

    OPEN_DESK = "open-desk"
    SEE_TODAY = "see-today"
    ATTEND = "attend"
    RELEASE = "release"
    SEE_SCHEDULE = "see-schedule"
    CHANGE_SEATS = "change-seats"
    SEE_CORRECTIONS = "see-corrections"
    DEAL_WITH_CORRECTIONS = "deal-with-corrections"
    CORRECT_OFFICE = "correct-office"


_CLERK = frozenset(
    {
        Action.OPEN_DESK,
        Action.SEE_TODAY,
        Action.ATTEND,
        Action.RELEASE,
        Action.SEE_SCHEDULE,
        Action.CHANGE_SEATS,
        Action.SEE_CORRECTIONS,
        Action.DEAL_WITH_CORRECTIONS,
        Action.CORRECT_OFFICE,
    }
)

MAY: dict[Role, frozenset[Action]] = {
    Role.CLERK: _CLERK,
    Role.ADMINISTRATOR: frozenset(Action),
}


class NotAllowed(Refusal):
    """The account may not do this, or not at this office. Facts: action, office."""

    status = 403


@dataclass(frozen=True)
class DeskOffice:
    """What the desk needs to know of the office that it acts on."""

    id: int
    slug: str
    name: str
    status: str
    timezone: str


@dataclass(frozen=True)
class StaffAccount:
    """An account as others see it: no password in it. `office` is the clerk's; an administrator has none."""

    id: int
    email: str
    name: str
    role: Role
    office: DeskOffice | None
    language: str
    active: bool
    session_version: int

    @property
    def actor(self) -> str:
        """How the journal names this account."""
        return f"staff:{self.email}"


def may(account: StaffAccount, action: Action, office_slug: str | None = None) -> bool:
    """Whether the account may do that, there. An administrator acts at every office, a clerk at one.

    `office_slug` is None for what belongs to no office, such as opening the desk.
    """
    if not account.active or action not in MAY[account.role]:
        return False
    if account.role is Role.ADMINISTRATOR or office_slug is None:
        return True
    return account.office is not None and account.office.slug == office_slug


def require(account: StaffAccount, action: Action, office_slug: str | None = None) -> None:
    """Refuse what the account may not do.

    Raises:
        NotAllowed: `may` says no.
    """
    if not may(account, action, office_slug):
        raise NotAllowed(action=action.value, office=office_slug)
