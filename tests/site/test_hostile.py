"""Whatever is thrown at the citizens' doors, the answer is a page with a reason: never a crash, never a hang."""

import os
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.page_client import PageClient
from tests.site.booking_steps import DETAILS, PERSON, choose, main_form

BROWSER_KEEPS = 4096  # bytes of one cookie's name and value, in every browser
ADDRESSES = (
    "/es",
    "/en/offices",
    "/es/oficinas/cusco",
    "/es/oficinas/cusco/cita",
    "/es/oficinas/cusco/cita/datos",
    "/es/oficinas/cusco/cita/revisar",
    "/es/mi-cita",
    "/es/mi-cita/K7QM4T3X/cambiar",
    "/desk/sign-in",
)
NAMES = (
    "near",
    "service",
    "day",
    "month",
    "start",
    "documents",
    "sort",
    "reference",
    "next",
    "_scheme",
    "endpoint",
)
NASTY = (
    *(b"2026-02-30", b"0000-01-01", b"9999-12-31", b"10000-01-01", b"2026-12-01T14:00Z", b"-1", b"9" * 400),
    *(b"NaN", b"1e999", b"91,181", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"../../etc", b"{{7*7}}"),
    *(b"' OR 1=1 --", b"<script>alert(1)</script>", "\u202e\U0001f600\u0661".encode(), b"\r\nX-Evil: 1"),
)
anything = st.one_of(st.sampled_from(NASTY), st.binary(max_size=40)).map(quote_from_bytes)
queries = st.lists(st.tuples(st.sampled_from(NAMES), anything), max_size=4)
EACH = int(os.environ.get("HOSTILE_REQUESTS", "60"))  # `make prove` asks for more
ours = settings(
    max_examples=EACH,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)


def _joined(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in pairs)


@ours
@given(address=st.sampled_from(ADDRESSES), query=queries)
def test_no_address_breaks_a_page(app: Flask, world, address: str, query: list[tuple[str, str]]) -> None:
    answer = app.test_client().get(f"{address}?{_joined(query)}")
    assert answer.status_code < 500, (address, query)
    assert b"<script>alert" not in answer.data


@ours
@given(
    fields=st.lists(st.tuples(st.sampled_from([*PERSON, "on_behalf", "csrf_token"]), anything), max_size=6)
)
def test_no_form_breaks_a_page(app: Flask, world, fields: list[tuple[str, str]]) -> None:
    answer = app.test_client().post(
        DETAILS, data=_joined(fields), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400  # a stranger's form has no token; whatever else is wrong is beside it
    assert b"<script>alert" not in answer.data


@pytest.mark.parametrize(
    "typed",
    [
        {"document_country": "Z" * 10_000},
        {"contact_name": "x" * 10_000},
        {"document_number": "1011" + "." * 10_000 + "7410"},
        {"given_names": "Rosa" + " " * 10_000, "phone": " " * 10_000 + "984000001"},
        {"given_names": "界" * 120, "family_names": "界" * 120},
    ],
)
def test_what_is_typed_never_outgrows_the_cookie_that_keeps_it(
    client: PageClient, world, typed: dict[str, str]
) -> None:
    form = main_form(client.follow(choose(client)))
    token = form.one("input", name="csrf_token")["value"]
    client.http.post(DETAILS, data={**PERSON, **typed, "csrf_token": token})
    kept = client.http.get_cookie("draft", path="/")
    assert kept is not None
    assert len("draft") + len(kept.value) <= BROWSER_KEEPS
