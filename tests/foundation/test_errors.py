"""Refusals: a class is a fact, with one public name and one status."""

from consular.foundation.errors import Refusal, Unknown


class SlotTakenTwice(Refusal):
    """A refusal of this test."""


class PassUnknown(Unknown):
    """Another one."""


def test_a_refusal_has_a_stable_name_and_its_facts() -> None:
    refusal = SlotTakenTwice(slot=3, office="cusco")
    assert refusal.name == "slot-taken-twice"
    assert str(refusal) == "slot-taken-twice"
    assert refusal.facts == {"slot": 3, "office": "cusco"}


def test_the_status_tells_conflict_from_absence() -> None:
    assert SlotTakenTwice().status == 409
    assert PassUnknown().status == 404
