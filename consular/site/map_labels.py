"""Where the names and numbers of a still map go, so that none lies on another. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consular.offices.outline import WIDTH

# In the drawing's units: about three to a pixel on a narrow phone.
LETTER = 23  # width of an average letter
LINE = 40  # height of a line
DOT = 16
BADGE = 56  # diameter of a number
GAP = 10
MOST_NAMED = 60  # more names than that no country has room for
NUMBERS_SAID = 3

Placed = tuple[tuple[float, float], str, str]  # where, what it is called, its kind
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Mark:
    """A point of the map. `kind`: open, minor, announced, origin or number (then `label` stands in the point).

    `side` says where the label stands: `right`, `left`, or `` when it has no room. `width` is the badge's.
    """

    x: int
    y: int
    kind: str
    label: str
    side: str
    width: int = 0


def named_marks(offices: Sequence[Placed], origin: Placed | None) -> list[Mark]:
    """A dot for each office, and the names of all but the minor ones where there is room."""
    minor = [each for each in offices if each[2] == "minor"]
    taken = [_around(where, DOT) for where, _label, _kind in minor]
    dots = [Mark(round(where[0]), round(where[1]), kind, label, "") for where, label, kind in minor]
    rest = [each for each in offices if each[2] != "minor"]
    return [*dots, *_labelled([*([origin] if origin else []), *rest], taken)]


def numbered_marks(offices: Sequence[Placed], coming: Sequence[Placed], origin: Placed | None) -> list[Mark]:
    """A badge for each place with the numbers of its offices in the list, and the announced ones by name."""
    badges: list[tuple[tuple[float, float], list[int]]] = []
    for number, (where, _label, _kind) in enumerate(offices, start=1):
        near = next((numbers for at, numbers in badges if _close(at, where)), None)
        if near is None:
            badges.append((where, [number]))
        else:
            near.append(number)
    marks = [_badge(where, numbers) for where, numbers in badges]
    taken = [_box_of(mark) for mark in marks]
    return [*_labelled([*([origin] if origin else []), *coming], taken), *reversed(marks)]


def _close(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < BADGE and abs(one[1] - other[1]) < BADGE


def _badge(where: tuple[float, float], numbers: Sequence[int]) -> Mark:
    said = ", ".join(str(number) for number in numbers[:NUMBERS_SAID])
    if len(numbers) > NUMBERS_SAID:
        said += f" +{len(numbers) - NUMBERS_SAID}"
    width = max(BADGE, len(said) * LETTER + BADGE // 2)
    return Mark(round(where[0]), round(where[1]), "number", said, "", width)


def _labelled(points: Sequence[Placed], taken: list[Box]) -> list[Mark]:
    taken += [_around(where, DOT) for where, _label, _kind in points]
    marks = []
    for place, (where, label, kind) in enumerate(points):
        side = _side(where, label, taken) if place < MOST_NAMED else ""
        if side:
            taken.append(_label_box(where, label, side))
        marks.append(Mark(round(where[0]), round(where[1]), kind, label, side))
    return marks


def _side(where: tuple[float, float], label: str, taken: Iterable[Box]) -> str:
    for side in ("right", "left"):
        box = _label_box(where, label, side)
        inside = box[0] >= GAP and box[2] <= WIDTH - GAP
        if inside and not any(_overlap(box, other) for other in taken):
            return side
    return ""


def _label_box(where: tuple[float, float], label: str, side: str) -> Box:
    width = len(label) * LETTER
    left = where[0] + DOT + GAP if side == "right" else where[0] - DOT - GAP - width
    return left, where[1] - LINE / 2, left + width, where[1] + LINE / 2


def _around(where: tuple[float, float], reach: float) -> Box:
    return where[0] - reach, where[1] - reach, where[0] + reach, where[1] + reach


def _box_of(mark: Mark) -> Box:
    return mark.x - mark.width / 2, mark.y - BADGE / 2, mark.x + mark.width / 2, mark.y + BADGE / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
