"""Writes the newest results into docs/performance.md: a table and a plot for each benchmark that was run.

    python -m bench.report

Reads the newest file of each kind in bench/results/; what has no results keeps what stands in the document.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench import plots

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"
DOCUMENT = ROOT / "docs" / "performance.md"
PICTURES = ROOT / "docs" / "pictures"
Result = Mapping[str, Any]


def newest(kind: str) -> Result | None:
    """The last results of `floors`, `growth` or `peers`; None when there are none."""
    found = sorted(RESULTS.glob(f"{kind}-*.json"))
    return json.loads(found[-1].read_text(encoding="utf-8")) if found else None


def floors(result: Result) -> Iterator[str]:
    """Each of our cells beside its floor, on both databases; then what was said of memory, races and weights."""
    yield f"{_machine(result)}, {result['rounds']} rounds of {result['seconds']} s, medians."
    yield ""
    yield "| | PostgreSQL a second | of its floor | SQLite a second | of its floor |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, cells in _ours(result).items():
        columns = [f"{median(each['rates']):,.0f} | {each['of_floor']:.2f}" for each in cells]
        yield f"| {name} | {' | '.join(columns)} |"
    yield ""
    rates = {name: median(cell["rates"]) for name, cell in result["cells"].items()}
    yield from (
        f"- {name}: {rate:,.0f} a second" for name, rate in rates.items() if name.startswith("pgbench")
    )
    yield from (f"- {line}" for line in result["said"])
    yield ""
    yield "| page | KiB | its map | requests |"
    yield "| --- | ---: | ---: | ---: |"
    for page in result.get("weights", ()):
        yield f"| {page['name']} | {page['page'] / 1024:.1f} | {page['map'] / 1024:.0f} | {page['requests']} |"


def draw_floors(result: Result) -> str:
    """What each cell reaches of its floor."""
    ours = _ours(result)
    bars = {
        title: [cells[place]["of_floor"] for cells in ours.values()]
        for place, title in enumerate(("PostgreSQL", "SQLite"))
    }
    return plots.bars("Share of the floor (goal: half)", list(ours), bars, goal=0.5)


def growth(result: Result) -> Iterator[str]:
    """Each question at every size: its median time, and the ratio of the largest to the smallest."""
    yield f"{_machine(result)}, {result['rounds']} rounds, median and 95th percentile in milliseconds at the server."
    for database in ("postgresql", "sqlite"):
        questions = _questions(result, database)
        sizes = [each["offices"] for each in result["sizes"] if each["database"] == database]
        if not sizes:
            continue
        yield ""
        yield f"| {database} | SQL | {' | '.join(f'{size:,} offices' for size in sizes)} | ratio |"
        yield f"| --- | ---: |{' ---: |' * len(sizes)} ---: |"
        for name, asked in questions.items():
            each = [asked["sizes"][str(size)] for size in sizes]
            times = " | ".join(f"{one['p50_ms']:.1f} ({one['p95_ms']:.1f})" for one in each)
            yield f"| {name} | {asked['statements']} | {times} | {each[-1]['ratio']:.2f} |"
    yield ""
    yield from (f"- {line}" for line in result["said"])


def draw_growth(result: Result) -> str:
    """How many times as long the largest country takes as the smallest."""
    ratios = {
        title: {name: _last_ratio(asked) for name, asked in _questions(result, database).items()}
        for title, database in (("PostgreSQL", "postgresql"), ("SQLite", "sqlite"))
    }
    names = list(ratios["PostgreSQL"])
    bars = {title: [found[name] for name in names] for title, found in ratios.items()}
    title = "Times as long in the largest country as in the smallest (goal: 1.5)"
    return plots.bars(title, names, bars, goal=1.5, end=2)


def peers(result: Result) -> Iterator[str]:
    """Rates of ours and of its peers, how many times theirs ours is, and who was oversold."""
    work = result["workload"]
    yield (
        f"{result['cores']} cores, {result['rounds']} rounds of {result['seconds']} s, medians; "
        + ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in work.items())
    )
    yield ""
    yield "| | a second | least | most |"
    yield "| --- | ---: | ---: | ---: |"
    for name, rates in result["rates"].items():
        yield f"| {name} | {median(rates):,.1f} | {min(rates):,.1f} | {max(rates):,.1f} |"
    yield ""
    if said := result.get("said"):
        yield from (f"- {line}" for line in said)
        yield ""
    yield "Oversold after the races: " + ", ".join(
        f"{name} {count}" for name, count in result["oversold"].items()
    )


def draw_peers(result: Result) -> str:
    """Rates a second, on a scale of powers of ten."""
    rates = {name: median(each) for name, each in result["rates"].items()}
    title = "Answers a second (every line ten times the one before)"
    return plots.bars(title, list(rates), {"a second": list(rates.values())}, logarithmic=True)


KINDS: dict[str, tuple[Callable[[Result], Iterator[str]], Callable[[Result], str]]] = {
    "floors": (floors, draw_floors),
    "growth": (growth, draw_growth),
    "peers": (peers, draw_peers),
}


def placed(document: str, kind: str, text: str) -> str:
    """The document with this text between the marks of that kind.

    Raises:
        ValueError: it has no such marks.
    """
    begin, end = f"<!-- {kind} -->", f"<!-- end of {kind} -->"
    written, times = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}",
        lambda _: f"{begin}\n\n{text}\n\n{end}",
        document,
        flags=re.DOTALL,
    )
    if times != 1:
        raise ValueError(f"the document has no {begin} and {end}")
    return written


def _ours(result: Result) -> dict[str, list[Result]]:
    """Our cells that have a floor, by name: on PostgreSQL and on SQLite."""
    found: dict[str, list[Result]] = {}
    for name, cell in result["cells"].items():
        if cell["of_floor"] is not None:
            found.setdefault(name.split(": ", 1)[1], []).append(cell)
    return found


def _questions(result: Result, database: str) -> dict[str, Any]:
    own = f"{database}: "
    return {
        name.removeprefix(own): each for name, each in result["questions"].items() if name.startswith(own)
    }


def _last_ratio(asked: Result) -> float:
    return float(list(asked["sizes"].values())[-1]["ratio"])


def _machine(result: Result) -> str:
    machine = result["machine"]
    return f"{result['at'][:10]}, {machine['cores']} cores, Python {machine['python']}"


def main() -> None:
    """The command."""
    document = DOCUMENT.read_text(encoding="utf-8")
    for kind, (table, draw) in KINDS.items():
        result = newest(kind)
        if result is None:
            print(f"· no results of {kind}: its part of the document stays as it is")
            continue
        picture = PICTURES / f"{kind}.svg"
        picture.write_text(draw(result), encoding="utf-8")
        lines = [*table(result), "", f"![The same as a picture](pictures/{picture.name})"]
        document = placed(document, kind, "\n".join(lines))
        print(f"· {kind}: written")
    DOCUMENT.write_text(document, encoding="utf-8")


if __name__ == "__main__":
    main()
