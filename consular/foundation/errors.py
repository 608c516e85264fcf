"""Refusals: named facts that an action raises and a door puts into words."""

import re
from typing import ClassVar


class Refusal(Exception):
    """Something was asked that cannot be done, and why.

    The class name is the fact (`SlotTaken`); `name` is its stable public form (`slot-taken`);
    `status` is the HTTP status that fits it; `facts` are plain values that the door may show.
    """

    status: ClassVar[int] = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(self.name)
        self.facts = facts

    @property
    def name(self) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()


class Unknown(Refusal):
    """The record that was named does not exist, or the asker may not learn that it does."""

    status = 404
