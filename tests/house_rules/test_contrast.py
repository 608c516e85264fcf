"""Colours: each pair that pages use can be read, by day and by night, and no sheet has colours of its own."""

import re
from pathlib import Path

import pytest

from tests.house_rules.sources import files, text

TOKENS = Path("consular/static/css/tokens.css")
NIGHT = "@media screen and (prefers-color-scheme: dark)"
SURFACES = ("paper", "sand", "sky", "moss-tint", "amber-tint", "crimson-tint")
TEXT = 4.5  # WCAG 2.2 AA, 1.4.3
SHAPE = 3.0  # WCAG 2.2 AA, 1.4.11: borders of controls, focus, the calendar's marks

# What is written or drawn with the first colour on the second.
PAIRS = [
    *((colour, surface, TEXT) for colour in ("ink", "slate") for surface in (*SURFACES, "sand-deep")),
    *((colour, surface, TEXT) for colour in ("lake", "lake-deep") for surface in SURFACES),
    *((state, surface, TEXT) for state in ("moss", "amber", "crimson") for surface in ("paper", "sand")),
    *((state, f"{state}-tint", TEXT) for state in ("moss", "amber", "crimson")),
    ("error", "paper", TEXT),
    ("error-deep", "crimson-tint", TEXT),
    *(("paper", filled, TEXT) for filled in ("crimson", "crimson-deep", "lake", "ink")),
    ("edge", "paper", SHAPE),
    ("edge", "sand", SHAPE),
]


def tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", css))


def schemes() -> dict[str, dict[str, str]]:
    """The colours by day, and those by night: the day's where the night names none."""
    day, night = text(TOKENS).split(NIGHT)
    return {"day": tokens(day), "night": tokens(day) | tokens(night)}


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["day", "night"])
def test_every_pair_can_be_read(scheme: str) -> None:
    colours = schemes()[scheme]
    pale = {
        f"{one} on {other}": round(found, 2)
        for one, other, least in PAIRS
        if (found := contrast(colours[one], colours[other])) < least
    }
    assert pale == {}


def test_the_night_is_darker_and_names_every_surface() -> None:
    day, night = schemes()["day"], tokens(text(TOKENS).split(NIGHT)[1])
    assert {*SURFACES, "sand-deep", "line", "ink", "slate"} <= set(night)
    assert all(luminance(night[surface]) < 0.05 < luminance(day[surface]) for surface in SURFACES)


def test_no_sheet_has_colours_of_its_own() -> None:
    """A colour that is not a token would stay the same by night. Print is always dark on white, and so is the QR."""
    found = {}
    for path in files(".css", folders=("consular/static/css",)):
        if path.name in ("tokens.css", "print.css"):
            continue
        screen = text(path).split("@media print")[0]
        own = re.findall(r"#[0-9a-f]{3,8}\b(?=[^{}]*;)|\brgba?\(|\bhsla?\(", screen)
        if own:
            found[path.name] = own
    assert found == {"booking.css": ["#fff"]}
