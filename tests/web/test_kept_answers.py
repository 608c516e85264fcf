"""What is kept in memory: under one version, and never more than the memory has room for."""

import pytest
from flask import Flask

from consular.foundation.errors import Refusal
from consular.web.kept_answers import (
    AROUND_AN_ANSWER,
    LARGEST_KEPT,
    KeptAnswers,
    install_kept_answers,
    kept_answer,
)

ROOM_FOR_TWO = 2 * (AROUND_AN_ANSWER + 100)


def test_an_answer_is_found_under_its_own_version_only() -> None:
    memory = KeptAnswers()
    memory.keep("days", "first", "free", 4)
    assert memory.find("days", "first") == "free"
    assert memory.find("days", "second") is None
    assert memory.find("slots", "first") is None


def test_a_question_has_one_answer_at_a_time() -> None:
    memory = KeptAnswers()
    for version in ("first", "second"):
        memory.keep("days", version, f"of the {version}", 12)
    assert len(memory) == 1
    assert memory.find("days", "first") is None
    assert memory.find("days", "second") == "of the second"


def test_the_least_used_answer_goes_first() -> None:
    memory = KeptAnswers(ROOM_FOR_TWO)
    memory.keep("a", 1, "A", 100)
    memory.keep("b", 1, "B", 100)
    memory.find("a", 1)
    memory.keep("c", 1, "C", 100)
    assert [memory.find(question, 1) for question in "abc"] == ["A", None, "C"]


def test_an_answer_that_takes_anothers_place_takes_its_room() -> None:
    memory = KeptAnswers(ROOM_FOR_TWO)
    memory.keep("a", 1, "A", 100)
    for version in range(9):
        memory.keep("b", version, "B", 100)
    assert memory.find("a", 1) == "A"


def test_small_answers_do_not_fill_the_memory_with_what_is_around_them() -> None:
    memory = KeptAnswers(10 * AROUND_AN_ANSWER)
    for question in range(100):
        memory.keep(question, 1, "", 0)
    assert len(memory) == 10


def test_a_huge_answer_is_not_kept() -> None:
    memory = KeptAnswers()
    memory.keep("days", 1, "long", LARGEST_KEPT + 1)
    assert len(memory) == 0


@pytest.mark.parametrize(("version", "size", "asked"), [(1, 4, 1), (None, 4, 2), (1, None, 2)])
def test_what_may_not_be_kept_is_asked_again(version: int | None, size: int | None, asked: int) -> None:
    app, times = Flask(__name__), []

    def ask() -> str:
        times.append(1)
        return "free"

    install_kept_answers(app)
    with app.app_context():
        for _ in range(2):
            assert kept_answer("days", version, ask, size=lambda _: size) == "free"
    assert len(times) == asked


def test_a_refusal_is_passed_on_and_not_kept() -> None:
    app = Flask(__name__)
    install_kept_answers(app)

    def refuse() -> str:
        raise Refusal(office="atlantida")

    with app.app_context():
        for _ in range(2):
            with pytest.raises(Refusal):
                kept_answer("days", 1, refuse, size=len)
        assert kept_answer("days", 1, lambda: "free", size=len) == "free"
