"""A form whose session ended is shown again with everything that was typed, and then it can be sent."""

import pytest

from tests.page_client import PageClient
from tests.site.booking_steps import PERSON, choose, main_form

WORDS = "Este formulario era de otra sesión, así que no se envió. Revíselo y envíelo otra vez."


def _forget_session(client: PageClient) -> None:
    client.http.delete_cookie("session")


def test_details_survive_a_session_that_ended(client: PageClient, world) -> None:
    form = main_form(client.follow(choose(client)))
    _forget_session(client)
    page = client.submit(form, PERSON, status=400)
    assert WORDS in page.text
    assert page.one("input", name="given_names")["value"] == "Rosa María"
    assert page.one("input", name="email")["value"] == "rosa@example.com"
    client.submit(main_form(page), status=303)


@pytest.mark.parametrize(
    ("address", "sent", "kept"),
    [
        ("/es/mi-cita", {"reference": "K7QM-4T3X", "document_number": "10117410"}, "reference"),
        ("/desk/sign-in", {"email": "mirta@example.pe", "password": "secret words"}, "email"),
    ],
)
def test_what_was_typed_is_kept_without_a_session(
    client: PageClient, world, address: str, sent: dict[str, str], kept: str
) -> None:
    page = client.post(address, sent, status=400)
    assert WORDS in page.text
    assert page.one("input", name=kept)["value"] == sent[kept]
    assert "secret words" not in page.text
