"""The report writes what was measured, and only between its own marks."""

import re
from typing import Any

import pytest

from bench.plots import bars
from bench.report import draw_floors, draw_growth, draw_peers, floors, growth, peers, placed

MACHINE = {"cores": 2, "python": "3.11.7", "system": "Linux"}
FLOORS: dict[str, Any] = {
    "at": "2026-11-24T07:00:00+00:00",
    "machine": MACHINE,
    "rounds": 2,
    "seconds": 3,
    "cells": {
        "postgresql: one SELECT, beside a month (HTML)": {"rates": [2000.0, 2400.0], "of_floor": None},
        "postgresql: a month (HTML)": {"rates": [1000.0, 1400.0], "of_floor": 0.54},
        "sqlite: one SELECT, beside a month (HTML)": {"rates": [4000.0, 4000.0], "of_floor": None},
        "sqlite: a month (HTML)": {"rates": [3000.0, 3000.0], "of_floor": 0.75},
        "pgbench: claim and insert, one hot row": {"rates": [4512.0], "of_floor": None},
    },
    "weights": [{"name": "home", "page": 26_010, "map": 66_560, "requests": 15}],
    "said": ["sqlite: 64 for 3: 50 of 50 exact"],
}
SIZES = {
    "20": {"p50_ms": 5.0, "p95_ms": 7.0, "ratio": 1.0},
    "200": {"p50_ms": 5.5, "p95_ms": 8.0, "ratio": 1.11},
}
GROWTH: dict[str, Any] = {
    **FLOORS,
    "sizes": [{"database": kind, "offices": size} for kind in ("postgresql", "sqlite") for size in (20, 200)],
    "questions": {
        f"{kind}: a month (HTML)": {"statements": 2, "sizes": SIZES} for kind in ("postgresql", "sqlite")
    },
}
PEERS: dict[str, Any] = {
    "cores": 2,
    "rounds": 2,
    "seconds": 5,
    "workload": {"offices": 20, "slots_a_day": 32},
    "rates": {"ours: bookings (API)": [300.0, 340.0], "pretix: orders (API)": [9.0, 10.0]},
    "said": ["ours: bookings (API): 33.7 times pretix: orders (API)"],
    "oversold": {"ours": 0, "pretix": 0},
}


def test_each_cell_stands_beside_its_share_of_the_floor() -> None:
    lines = list(floors(FLOORS))
    assert "| a month (HTML) | 1,200 | 0.54 | 3,000 | 0.75 |" in lines
    assert "| home | 25.4 | 65 | 15 |" in lines
    assert "- sqlite: 64 for 3: 50 of 50 exact" in lines
    assert not [line for line in lines if "one SELECT" in line]


def test_growth_shows_every_size_and_the_ratio_of_the_largest() -> None:
    assert "| a month (HTML) | 2 | 5.0 (7.0) | 5.5 (8.0) | 1.11 |" in list(growth(GROWTH))


def test_peers_stand_beside_ours() -> None:
    lines = list(peers(PEERS))
    assert "| pretix: orders (API) | 9.5 | 9.0 | 10.0 |" in lines
    assert lines[-3:-1] == ["- ours: bookings (API): 33.7 times pretix: orders (API)", ""]
    assert lines[-1] == "Oversold after the races: ours 0, pretix 0"


def test_results_of_more_peers_and_without_ratios_are_written_alike() -> None:
    name = "django-appointment: bookings (pages)"
    lines = list(peers({**PEERS, "rates": {**PEERS["rates"], name: [3.0]}, "said": []}))
    assert f"| {name} | 3.0 | 3.0 | 3.0 |" in lines
    older = {key: value for key, value in PEERS.items() if key != "said"}
    assert list(peers(older))[-1] == lines[-1]


def test_the_pictures_hold_names_and_figures_as_text() -> None:
    for picture, name, figure in (
        (draw_floors(FLOORS), "a month (HTML)", "0.54"),
        (draw_growth(GROWTH), "a month (HTML)", "1.11"),
        (draw_peers(PEERS), "pretix: orders (API)", "9.50"),
    ):
        texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
        assert {name, figure} <= set(texts)
        assert "<script" not in picture


def test_a_bar_that_is_cut_says_so() -> None:
    def share(picture: str) -> float:
        """The first bar's length of the second's."""
        drawn = re.findall(r'<path d="([^"]+)" clip-path[^>]+style="fill: #1f5f6b"', picture)
        ends = [[float(x) for x in re.findall(r"[ML] ([\d.]+)", path)] for path in drawn[:2]]
        first, second = (max(each) - min(each) for each in ends)
        return first / second

    whole, cut = (bars("", ["a", "b"], {"": [1, 42]}, end=end) for end in (50, 2))
    assert share(whole) == pytest.approx(1 / 42, rel=0.01)
    assert share(cut) == pytest.approx(1 / 2, rel=0.01)
    assert "42 →" in cut
    assert "→" not in whole


def test_the_same_figures_give_the_same_picture() -> None:
    assert draw_floors(FLOORS) == draw_floors(FLOORS)


def test_only_what_stands_between_the_marks_is_written() -> None:
    document = "# Title\n<!-- floors -->old\n<!-- end of floors -->\nafter"
    written = placed(document, "floors", r"new \1")
    assert written == "# Title\n<!-- floors -->\n\nnew \\1\n\n<!-- end of floors -->\nafter"
    assert placed(written, "floors", r"new \1") == written
    with pytest.raises(ValueError, match="peers"):
        placed(document, "peers", "new")
