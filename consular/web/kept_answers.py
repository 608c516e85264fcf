"""Answers kept in memory for as long as the database says that a fresh one would be the same."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from flask import Flask, current_app

EXTENSION = "consular-kept-answers"
# Of all that is kept, in each worker: 560 pages of 27 KB.
MOST_CHARACTERS = 16_000_000
# The question, the version and their place take a kilobyte: ten thousands of small answers would be mostly these.
AROUND_AN_ANSWER = 1_500
LARGEST_KEPT = 500_000

Answer = TypeVar("Answer")


class KeptAnswers:
    """Answers by their question, each under the version that it was read under; the least used go first.

    A question has one answer at a time: one of another version takes its place.
    """

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._held = 0
        self._answers: OrderedDict[Hashable, tuple[Hashable, Any, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, question: Hashable, version: Hashable) -> Any | None:
        """The answer that was kept under this very version, or None."""
        with self._lock:
            kept = self._answers.get(question)
            if kept is None or kept[0] != version:
                return None
            self._answers.move_to_end(question)
            return kept[1]

    def keep(self, question: Hashable, version: Hashable, answer: Any, size: int) -> None:
        """Keep an answer that is not None; `size` is that of its text, in characters."""
        if size > LARGEST_KEPT:
            return
        size += AROUND_AN_ANSWER
        with self._lock:
            if before := self._answers.pop(question, None):
                self._held -= before[2]
            self._answers[question] = (version, answer, size)
            self._held += size
            while self._held > self._most:
                _, (_, _, gone) = self._answers.popitem(last=False)
                self._held -= gone


def install_kept_answers(app: Flask) -> None:
    """Give the application a memory of its own."""
    app.extensions[EXTENSION] = KeptAnswers()


def kept_answer(
    question: Hashable,
    version: Hashable | None,
    ask: Callable[[], Answer],
    size: Callable[[Answer], int | None],
) -> Answer:
    """The answer as it was kept under this version, or a fresh one, which is kept.

    `question` names the page and everything that it depends on besides the version, which must have been read
    before `ask` reads anything: what is kept is then never older than it says. Without a version nothing is kept.
    `size` is that of an answer's text in characters; None for one that must not be kept. A refusal that `ask`
    raises is passed on and not kept.
    """
    if version is None:
        return ask()
    memory: KeptAnswers = current_app.extensions[EXTENSION]
    found: Answer | None = memory.find(question, version)
    if found is None:
        found = ask()
        length = size(found)
        if length is not None:
            memory.keep(question, version, found, length)
    return found
