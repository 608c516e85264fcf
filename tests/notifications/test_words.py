"""What the messages say: whole texts against golden files, and the facts that must never be wrong."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar, Component

from consular.web.formats import moment_words
from consular.web.messages import greeting_name, render
from tests.databases import application
from tests.notifications import golden

PUBLIC_URL = "https://citas.example.gob.pe"


@pytest.fixture
def app(tmp_path: Path):
    """Words need no table."""
    with application(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path, PUBLIC_URL=PUBLIC_URL) as app:
        yield app


def _render(app: Flask, kind: str, language: str = "es", **changed: Any):
    with app.app_context():
        return render(kind, language, {**golden.values(kind, language), **changed})


def _entry(message) -> Component:
    (entry,) = Calendar.from_ical(message.attachments[0].content).walk("VEVENT")
    return entry


def test_they_are_what_the_golden_files_hold(app: Flask) -> None:
    written = dict(golden.files(app))
    kept = {path.name: path.read_text("utf-8") for path in golden.FOLDER.iterdir()}
    assert written.keys() == kept.keys()
    for name, text in written.items():
        assert text == kept[name], f"{name}: if the change is meant, python -m tests.notifications.golden"


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", golden.KINDS)
def test_the_time_is_the_same_everywhere(app: Flask, kind: str, language: str) -> None:
    message = _render(app, kind, language)
    starts_at = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
    said = moment_words(starts_at, "America/Lima", language, year=True)
    assert "9:30" in said
    assert said in message.text
    assert said in message.html
    entry = _entry(message)
    assert entry["dtstart"].dt == starts_at
    assert entry["dtstart"].params["TZID"] == "America/Lima"
    assert entry["dtend"].dt == datetime(2026, 12, 1, 14, 45, tzinfo=UTC)


def test_a_calendar_replaces_the_entry_that_it_has(app: Flask) -> None:
    entries = [_entry(_render(app, kind)) for kind in golden.KINDS]
    assert len({str(entry["uid"]) for entry in entries}) == 1
    assert [int(entry["sequence"]) for entry in entries] == [0, 1, 2, 1]
    statuses = [str(entry["status"]) for entry in entries]
    assert statuses == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]


@pytest.mark.parametrize(
    ("kind", "method"), list(zip(golden.KINDS, ("PUBLISH", "PUBLISH", "CANCEL", "PUBLISH"), strict=True))
)
def test_the_calendar_says_its_method_twice(app: Flask, kind: str, method: str) -> None:
    """In the file and in the attachment's type: mail programs look at one or the other."""
    (attachment,) = _render(app, kind).attachments
    assert attachment.content_type.endswith(f"method={method}")
    assert Calendar.from_ical(attachment.content)["method"] == method


def test_the_calendar_defines_its_zone_and_holds_its_lines(app: Flask) -> None:
    content = _render(app, "appointment-confirmed").attachments[0].content
    assert len(Calendar.from_ical(content).walk("VTIMEZONE")) == 1
    assert all(len(line.encode()) <= 75 for line in content.split("\r\n"))
    assert "\n" not in content.replace("\r\n", "")


def test_a_calendar_never_holds_the_secret(app: Flask) -> None:
    message = _render(app, "appointment-confirmed")
    assert golden.VALUES["secret"] in message.text
    assert golden.VALUES["secret"] not in message.attachments[0].content


@pytest.mark.parametrize(("precision", "has_place"), [("address", True), ("city", False)])
def test_a_calendar_leads_to_the_door_or_nowhere(app: Flask, precision: str, has_place: bool) -> None:
    entry = _entry(_render(app, "appointment-confirmed", location_precision=precision))
    assert ("geo" in entry) == has_place


@pytest.mark.parametrize(
    ("language", "path"), [("es", "/es/mi-cita/K7QM-4T3X/"), ("en", "/en/my-appointment/K7QM-4T3X/")]
)
def test_the_link_is_a_page_of_the_site(app: Flask, language: str, path: str) -> None:
    message = _render(app, "appointment-confirmed", language)
    assert f"{PUBLIC_URL}{path}{golden.VALUES['secret']}" in message.text
    route, given = app.url_map.bind("citas.example.gob.pe").match(path + golden.VALUES["secret"])
    assert route == "site.open_appointment"
    assert given["secret"] == golden.VALUES["secret"]


def test_a_site_below_a_path_keeps_it(tmp_path: Path) -> None:
    url = "https://example.gob.pe/citas"
    with application(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path, PUBLIC_URL=url) as app:
        assert f"{url}/es/mi-cita/K7QM-4T3X/" in _render(app, "appointment-confirmed").text


def test_a_language_that_is_not_ours_is_answered_in_the_first(app: Flask) -> None:
    assert (
        _render(app, "appointment-confirmed", "ay").subject == _render(app, "appointment-confirmed").subject
    )


def test_a_cancelled_appointment_has_no_link_to_itself(app: Flask) -> None:
    message = _render(app, "appointment-cancelled")
    assert golden.VALUES["secret"] not in message.text + message.html


def test_an_address_that_is_not_known_is_said(app: Flask) -> None:
    known = _render(app, "appointment-confirmed").text
    unknown = _render(app, "appointment-confirmed", address=None).text
    assert "None" not in unknown
    words = "La dirección todavía no"
    assert words in unknown
    assert words not in known


def test_preferential_attention_is_remembered(app: Flask) -> None:
    words = "atención preferente"
    assert words in _render(app, "appointment-confirmed", preferential=True).text
    assert words not in _render(app, "appointment-confirmed").text


def test_a_demonstration_says_so(tmp_path: Path) -> None:
    with application(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path, DEMO="1") as app:
        message = _render(app, "appointment-confirmed")
    assert "Demostración" in message.text
    assert "Demostración" in message.html


def test_a_page_shows_what_it_is_given_and_runs_none_of_it(app: Flask) -> None:
    message = _render(app, "appointment-confirmed", office="<b>Cusco</b>", bring=["a < b"])
    assert "<b>Cusco" not in message.html
    assert "a &lt; b" in message.html
    assert "a < b" in message.text


@pytest.mark.parametrize("name", ["Rosa", "Rosa María", "Ma. Elena", "Ñusta D'Arcy", "Ana-Sofía", "José M."])
def test_a_name_greets(name: str) -> None:
    assert greeting_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "Visit evil.example",
        "Rosa http://x.pe",
        "Gane S/ 500 hoy",
        "x@y.pe",
        "Rosa\nHola",
        "",
        "R" * 41,
        "Rosa  X",
    ],
)
def test_what_is_no_name_is_not_repeated(app: Flask, name: str) -> None:
    """The e-mail address may be a stranger's: whoever typed it must not write to them through us."""
    assert greeting_name(name) is None
    if name:
        message = _render(app, "appointment-confirmed", given_names=name)
        assert name not in message.text
        assert name not in message.html
        assert name not in message.attachments[0].content


def test_a_message_that_this_program_does_not_know_is_an_error(app: Flask) -> None:
    with pytest.raises(KeyError), app.app_context():
        render("appointment-forgotten", "es", {})
