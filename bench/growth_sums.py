"""What follows from the times of a growing country: medians, ratios to the smallest size, and where it stops being flat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

FLAT = 1.5  # times the smallest size, and no more


class GrowingStatements(Exception):
    """A question sends another number of statements to a larger database."""


@dataclass(frozen=True)
class Turn:
    """What one size answered in its turn of a round: milliseconds at the server and SQL statements, by request."""

    ms: Sequence[float]
    statements: Sequence[int]


@dataclass
class Growth:
    """One question of one database at several sizes: `turns` by number of offices, one of each round, smallest first."""

    name: str
    turns: dict[int, list[Turn]] = field(default_factory=dict)
    grows_by_nature: bool = False

    @property
    def sizes(self) -> list[int]:
        return sorted(self.turns)

    def keep(self, size: int, turn: Turn) -> None:
        """Note one turn."""
        self.turns.setdefault(size, []).append(turn)

    def median_ms(self, size: int) -> float:
        """Over every request of every round."""
        return median(self._all(size))

    def p95_ms(self, size: int) -> float:
        """The least time within which 95 of 100 requests were answered."""
        times = sorted(self._all(size))
        return times[-(-95 * len(times) // 100) - 1]

    def ratio(self, size: int, to: int | None = None) -> float:
        """How many times as long as the smallest size (or `to`) of the same round: the median of the rounds."""
        base = self.sizes[0] if to is None else to
        pairs = zip(self.turns[size], self.turns[base], strict=True)
        return median(median(ours.ms) / median(theirs.ms) for ours, theirs in pairs)

    def spread(self, size: int) -> tuple[float, float]:
        """The least and the greatest median of a round, in milliseconds."""
        rounds = [median(turn.ms) for turn in self.turns[size]]
        return min(rounds), max(rounds)

    def statements(self) -> int:
        """The most statements of one request, the same at every size.

        Raises:
            GrowingStatements: it is not.
        """
        most = {size: self.most_statements(size) for size in self.sizes}
        if len(set(most.values())) != 1:
            raise GrowingStatements(f"{self.name}: statements by number of offices: {most}")
        return next(iter(most.values()))

    def most_statements(self, size: int) -> int:
        """Of one request of this size."""
        return max(max(turn.statements) for turn in self.turns[size])

    def ends_flat(self) -> int | None:
        """The first size that takes more than 1.5 times as long as the smallest; None when none does."""
        return next((size for size in self.sizes if self.ratio(size) > FLAT), None)

    def verdict(self) -> str:
        """One line: flat, or where it stops being so and whether it goes on growing after it."""
        largest = self.sizes[-1]
        said = f"{self.name}: {self.ratio(largest):.2f} times from {self.sizes[0]:,} to {largest:,} offices"
        if self.grows_by_nature:
            return f"{said} (grows by nature, no goal)"
        end = self.ends_flat()
        if end is None:
            return f"{said}, goal {FLAT}: reached"
        after = (
            f"; from {end:,} to {largest:,} {self.ratio(largest, end):.2f} times" if end != largest else ""
        )
        return f"{said}, goal {FLAT}: NOT reached, from {end:,} offices on ({self.ratio(end):.2f}){after}"

    def _all(self, size: int) -> list[float]:
        return [each for turn in self.turns[size] for each in turn.ms]


def table(growths: Mapping[str, Growth]) -> Iterator[str]:
    """The table as printed: a line for each question and size."""
    yield f"{'':50}{'offices':>9}{'p50 ms':>9}{'least':>8}{'most':>8}{'p95 ms':>9}{'ratio':>7}{'SQL':>5}"
    for growth in growths.values():
        for size in growth.sizes:
            least, most = growth.spread(size)
            times = f"{growth.median_ms(size):9.2f}{least:8.2f}{most:8.2f}{growth.p95_ms(size):9.2f}"
            yield (
                f"{growth.name:50}{size:9,}{times}{growth.ratio(size):7.2f}{growth.most_statements(size):5}"
            )
