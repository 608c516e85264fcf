"""Demonstration data: invented schedules and citizens, so that a stranger can try everything at once.

Nothing here is a fact. Every row that it writes or changes is marked `demonstration`, every citizen has
the document type `other` and a number that begins with DEMO, and every page says so.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from consular.appointments.demonstration.citizens import invent_citizens
from consular.appointments.demonstration.schedules import invent_schedules
from consular.foundation.database import db
from consular.schedule.models import OpeningRule


@dataclass(frozen=True)
class Demonstrated:
    """What was written: opening rules, slots, appointments. All 0 when it was there already."""

    rules: int = 0
    slots: int = 0
    appointments: int = 0


def demonstrate(horizon_days: int, now: datetime) -> Demonstrated:
    """Invent schedules and citizens for every open office, once; the real facts are loaded before.

    The same day always invents the same, but for the references: the draw begins with the date.
    """
    if db.session.scalar(select(OpeningRule.id).where(OpeningRule.demonstration).limit(1)) is not None:
        return Demonstrated()
    rules, slots = invent_schedules(horizon_days, now)
    return Demonstrated(rules, slots, invent_citizens(now))
