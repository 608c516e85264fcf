"""The draft of a booking: other releases' cookies, leaving a shared computer, and how many holds one may ask for."""

import json

import pytest
from flask import Flask

from consular.foundation.vault import vault
from consular.site.book import HOLDS_PER_ADDRESS
from consular.site.draft import Draft, read_draft
from tests.factories import World
from tests.page_client import PageClient
from tests.site.booking_steps import NINE, check_page, cookie, day_page, hour, main_form

OTHER_SHAPES = {
    "a field more": {"times": [{"starts_at": 0, "until": 0, "office": "cusco", "of a later release": 1}]},
    "a field less": {"times": [{"office": "cusco"}]},
    "another kind": {"times": [7]},
}


@pytest.mark.parametrize("values", OTHER_SHAPES.values(), ids=OTHER_SHAPES.keys())
def test_the_draft_of_another_release_counts_as_none(app: Flask, values: dict[str, object]) -> None:
    sealed = vault().seal(json.dumps({"cookie": "draft", "values": values}))
    with app.test_request_context(headers={"Cookie": f"draft={sealed}"}):
        assert read_draft() == Draft()


def test_leaving_takes_what_was_typed_out_of_the_browser(client: PageClient, world: World) -> None:
    done = client.follow(client.submit(main_form(check_page(client)), status=303))
    assert cookie(client, "draft")
    client.submit(done.form(action="/es/mi-cita/salir"), status=303)
    assert not cookie(client, "draft")


def test_one_visitor_cannot_keep_a_whole_calendar(client: PageClient, world: World) -> None:
    page = day_page(client)
    form, button = page.form(action="/es/oficinas/cusco/cita/reservar"), hour(page, NINE)
    for _ in range(int(HOLDS_PER_ADDRESS.split()[0])):
        client.submit(form, status=303, button=button)
    client.submit(form, status=429, button=button)
