"""Bars lying on their side, as an SVG picture with its text as text."""

from collections.abc import Mapping, Sequence
from io import StringIO
from math import inf

import matplotlib as mpl
from matplotlib.figure import Figure

COLOURS = ("#1f5f6b", "#b8651b")
INK, GRID = "#222222", "#d5d5d5"
WIDTH, HEAD, LINE = 9.0, 1.1, 0.24  # inches: of the picture, of title and axis, of a bar
# The same figures give the same file, so that a picture changes only with what it shows.
SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "consular", "font.family": "sans-serif", "font.size": 9}
BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # a figure stands before the line of the goal


def bars(
    title: str,
    names: Sequence[str],
    values: Mapping[str, Sequence[float]],
    goal: float | None = None,
    logarithmic: bool = False,
    end: float = inf,
) -> str:
    """A group of bars for each name, one bar for each of `values`, with its figure; `goal` as a line across.

    end: where longer bars are cut, so that one of them does not make the others unreadable; their figure has an arrow.
    """
    groups = len(values)
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, HEAD + LINE * (groups + 0.6) * len(names)), layout="constrained")
        axes = figure.add_subplot()
        for place, (label, sizes) in enumerate(values.items()):
            at = [group * (groups + 0.6) + place for group in range(len(names))]
            shown = [min(size, end) for size in sizes]
            drawn = axes.barh(at, shown, height=0.85, color=COLOURS[place], label=label)
            figures = [_figure(size) + (" →" if size > end else "") for size in sizes]
            axes.bar_label(drawn, figures, padding=4, bbox=BEHIND)
        axes.set_yticks(
            [group * (groups + 0.6) + (groups - 1) / 2 for group in range(len(names))], labels=list(names)
        )
        axes.invert_yaxis()
        axes.set_title(title, loc="left", color=INK, fontsize=11)
        axes.margins(x=0.08)
        if logarithmic:
            axes.set_xscale("log")
        if goal is not None:
            axes.axvline(goal, color=INK, linewidth=1, linestyle="--")
        axes.grid(visible=True, axis="x", color=GRID)
        axes.set_axisbelow(True)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        if groups > 1:
            axes.legend(loc="lower right", framealpha=1)
        written = StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()


def _figure(size: float) -> str:
    return f"{size:,.2f}" if size < 10 else f"{size:,.0f}"
