"""The guided path: three questions in the address, one end, and the list that goes with the citizen."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select, update

from consular.appointments.models import Booking
from consular.foundation.database import db, transaction
from consular.notifications.models import OutboxMessage
from consular.offices.guidance_models import ChainRow, CountryRow, PaperRow
from consular.offices.models import Service
from consular.schedule import known_free
from consular.web.messages import render
from tests.factories import SOURCE, World, make_service
from tests.page_client import PageClient
from tests.page_tree import Page
from tests.site.booking_steps import HOLD, PERSON, main_form

ES, EN = "/es/que-tramite-necesito", "/en/which-procedure"
BIRTH = {"paper": "civil-registry", "issuer": "birth"}
CODE = "birth.es"


def words(name: str, **more: object) -> dict[str, object]:
    return {language: {"name": f"{name} ({language})", **more} for language in ("es", "en")}


# Code, paper, route, service, what its texts say besides the name.
CHAINS: tuple[tuple[str, str, str, str | None, dict[str, object]], ...] = (
    (
        "birth",
        "civil-registry",
        "peruvian",
        "apostille",
        {
            "steps": [{"at": "Municipalidad", "do": "Firma."}, {"at": "Reniec", "do": "Autentica."}],
            "fee_note": "Gratis aquí.",
        },
    ),
    ("single", "civil-registry", "peruvian", "apostille", {"checks": ["Mire la fecha"]}),
    ("degree", "university", "peruvian", "apostille", {}),
    ("passport", "identity", "elsewhere", None, {"agency": "Migraciones"}),
)
COUNTRIES = (
    ("ES", "member", date(1978, 9, 25)),
    ("TH", "member", date(2027, 2, 28)),
    ("AE", "no", None),
    ("GR", "unknown", None),
    ("PE", "home", None),
)


@pytest.fixture
def papers(app: Flask, world: World) -> World:
    """The world, with three kinds of paper, four chains and five countries."""
    with app.app_context(), transaction() as session:
        make_service("online", duration_minutes=None, bookable=False)
        for place, code in enumerate(("civil-registry", "university", "identity")):
            session.add(PaperRow(code=code, position=place, texts=words(code.capitalize())))
        session.flush()
        for place, (code, paper, route, service, texts) in enumerate(CHAINS):
            session.add(
                ChainRow(
                    code=code,
                    position=place,
                    paper=paper,
                    route=route,
                    service=service,
                    digital_service="online" if code == "degree" else None,
                    texts=words(code.capitalize(), **texts),
                    source_code=SOURCE,
                )
            )
        session.add_all(country(*each) for each in COUNTRIES)
    return world


def country(code: str, convention: str, since: date | None) -> CountryRow:
    return CountryRow(
        code=code,
        convention=convention,
        in_force_from=since,
        other_names="Madre Patria" if code == "ES" else "",
        notes={"es": "Nota.", "en": "Note."} if code == "GR" else {},
        source_code=SOURCE,
    )


def path(**answers: str) -> str:
    return f"{ES}?{urlencode(answers)}"


def heading(page: Page) -> str:
    return page.one("h1").text


class TestQuestions:
    def test_from_the_home_page_to_the_answer(self, client: PageClient, papers: World) -> None:
        home = client.get("/es")
        asked = client.get(next(a["href"] for a in home.all("a") if a["href"] == ES))
        assert heading(asked) == "¿Qué tiene?"
        which = client.submit(asked.one("form", action=ES), {"paper": "civil-registry"}, status=200)
        assert heading(which) == "¿Quién lo emitió?"
        where = client.submit(which.one("form", action=ES), {"issuer": "birth"}, status=200)
        assert heading(where) == "¿En qué país lo va a usar?"
        sent = client.submit(where.one("form", action=ES), {"country": "espana"}, status=303)
        assert sent.location == path(**BIRTH, country="es")
        assert heading(client.follow(sent)) == "Pida una apostilla"

    def test_a_paper_of_one_issuer_asks_no_issuer(self, client: PageClient, papers: World) -> None:
        assert heading(client.get(path(paper="university"))) == "¿En qué país lo va a usar?"
        assert heading(client.get(path(paper="identity"))) == "Esto se hace en otro lugar"

    def test_one_answer_is_changed_and_the_others_stay(self, client: PageClient, papers: World) -> None:
        done = client.get(path(**BIRTH, country="es"))
        links = {
            a.text.split(": ")[-1]: a["href"] for a in done.one("section", class_="guide__answers").all("a")
        }
        assert set(links) == {"Papel", "Cuál", "Para usar en"}
        country = client.get(links["Para usar en"])
        assert country.one("input", name="country")["value"] == "España"
        changed = client.submit(
            country.one("form", action=ES), {"country": "Emiratos Árabes Unidos"}, status=303
        )
        assert changed.location == path(**BIRTH, country="ae")
        issuer = client.get(links["Cuál"])
        assert issuer.one("input", name="issuer", value="birth").get("checked") is not None
        other = client.submit(issuer.one("form", action=ES), {"issuer": "single"}, status=200)
        assert heading(other) == "Pida una apostilla"
        paper = client.get(links["Papel"])
        assert "checked" in paper.one("input", name="paper", value="civil-registry").attributes
        another = client.submit(paper.one("form", action=ES), {"paper": "university"}, status=200)
        assert heading(another) == "Pida una apostilla"

    @pytest.mark.parametrize(
        ("answers", "status", "error"),
        [
            ({"paper": ""}, 422, "Elija qué tiene"),
            ({"paper": "zzz", "country": "es"}, 404, "Ese papel no está en la lista: elija uno de estos"),
            ({"paper": "civil-registry", "issuer": ""}, 422, "Elija una de las respuestas"),
            (
                {"paper": "civil-registry", "issuer": "degree", "country": "es"},
                404,
                "Esa respuesta no está en la lista: elija una de estas",
            ),
            ({**BIRTH, "country": ""}, 422, "Escriba el nombre del país"),
            ({**BIRTH, "country": "  "}, 422, "Escriba el nombre del país"),
            ({**BIRTH, "country": "x" * 101}, 422, "Escriba solo el nombre del país: 100 letras como máximo"),
            (
                {**BIRTH, "country": "zz"},
                404,
                "No conocemos un país con ese nombre: revise cómo está escrito",
            ),
            (
                {**BIRTH, "country": "<b>"},
                404,
                "No conocemos un país con ese nombre: revise cómo está escrito",
            ),
        ],
    )
    def test_a_wrong_answer_is_refused_and_the_rest_is_kept(
        self, client: PageClient, papers: World, answers: dict[str, str], status: int, error: str
    ) -> None:
        page = client.get(path(**answers), status=status)
        assert error in page.text
        form = page.one("form", action=ES)
        kept = {each["name"]: each["value"] for each in form.all("input", type="hidden")}
        visible = {each["name"] for each in form.all("input") if each.get("type") != "hidden"}
        assert len(visible) == 1
        assert kept == {name: answers[name] for name in answers if name not in visible}

    def test_a_country_written_nearly_right_is_one_tap_away(self, client: PageClient, papers: World) -> None:
        page = client.get(path(**BIRTH, country="Tailandya"), status=404)
        assert [a["href"] for a in page.one(class_="guide__alike").all("a")] == [path(**BIRTH, country="th")]

    def test_each_page_in_english_too(self, client: PageClient, papers: World) -> None:
        assert heading(client.get(f"{EN}?{urlencode({**BIRTH, 'country': 'es'})}")) == "Ask for an apostille"
        assert heading(client.get(f"{EN}?paper=university")) == "In which country will you use it?"
        spanish = client.get(f"{EN}?{urlencode({**BIRTH, 'country': 'th'})}").one("link", hreflang="es")
        assert spanish["href"].endswith(path(**BIRTH, country="th"))


class TestAnswers:
    @pytest.mark.parametrize(
        ("country", "title", "said"),
        [
            ("es", "Pida una apostilla", "España la acepta"),
            ("th", "Pida una legalización", "recién desde el domingo 28 de febrero de 2027"),
            ("ae", "Pida una legalización", "no es parte del Convenio"),
            ("gr", "¿Apostilla o legalización? Pregunte a quien lo recibirá", "Nota."),
            ("unknown", "¿Apostilla o legalización? Pregunte a quien lo recibirá", "Depende del país"),
            ("pe", "No necesita apostilla ni legalización", "este se queda en Perú"),
        ],
    )
    def test_by_country(self, client: PageClient, papers: World, country: str, title: str, said: str) -> None:
        page = client.get(path(**BIRTH, country=country))
        assert heading(page) == title
        assert said in page.text

    def test_the_signatures_come_in_their_order_with_boxes_that_are_not_sent(
        self, client: PageClient, papers: World
    ) -> None:
        page = client.get(path(**BIRTH, country="es"))
        steps = page.one("ol", class_="ticks").all("li")
        assert [step.text for step in steps] == ["Municipalidad. Firma.", "Reniec. Autentica."]
        boxes = page.all("input", type="checkbox")
        assert len(boxes) == 3  # two signatures, and the one document of the procedure
        assert not any(box.get("name") or box.inside("form") for box in boxes)

    def test_the_source_and_its_day_are_said(self, client: PageClient, papers: World) -> None:
        sources = client.get(path(**BIRTH, country="es")).one(class_="guided__sources")
        assert "Invented for the tests" in sources.text
        assert "1 de noviembre de 2026" in sources.text

    def test_online_is_offered_where_it_is_done_and_taken_back(
        self, client: PageClient, papers: World
    ) -> None:
        page = client.get(path(paper="university", country="es"))
        online = client.get(path(paper="university", country="es", digital="yes"))
        assert path(paper="university", country="es", digital="yes") in [a["href"] for a in page.all("a")]
        assert heading(online) == "Puede hacerlo por internet, sin cita"
        assert not online.all("form", action="/es/oficinas")
        assert path(paper="university", country="es") in [a["href"] for a in online.all("a")]
        assert heading(client.get(path(**BIRTH, country="es", digital="yes"))) == "Pida una apostilla"

    def test_few_statements(
        self,
        client: PageClient,
        papers: World,
        count_statements: Callable[[], AbstractContextManager[list[str]]],
    ) -> None:
        for address, most in (
            (ES, 1),
            (path(paper="civil-registry"), 2),
            (path(**BIRTH), 3),
            (path(**BIRTH, country="es"), 4),
        ):
            with count_statements() as statements:
                client.get(address)
            assert len(statements) == most, (address, statements)


def search_from(client: PageClient) -> Page:
    """The answer's one main button."""
    answer = client.get(path(**BIRTH, country="es"))
    form = answer.one("form", action="/es/oficinas")
    assert len(form.all("button")) == len(answer.all("button", class_="govuk-button")) == 1
    return client.submit(form, {"near": ""}, status=200)


def booked(client: PageClient) -> Page:
    """From the answer to the appointment, pressing only what the pages offer."""
    found = search_from(client)
    office = client.get(next(a["href"] for a in found.all("a", class_="row__link") if "cusco" in a["href"]))
    calendar = client.get(
        next(a["href"] for a in office.all("a", class_="govuk-button") if "/cita" in a["href"])
    )
    day = client.get(calendar.all("a", class_="day")[0]["href"])
    forms = [form for form in day.all("form") if form["action"].startswith(HOLD)]
    details = client.follow(client.submit(forms[0], status=303, button=forms[0].all("button")[0].text))
    check = client.follow(client.submit(main_form(details), PERSON, status=303))
    rows = {row.one("dt").text: row.all("dd")[0].text for row in check.one("dl", class_="facts").all("div")}
    assert rows["Papel"] == "Birth (es), para usar en España"
    return client.follow(client.submit(main_form(check), status=303))


class TestOnTheWay:
    def test_every_form_of_the_way_keeps_it(self, app: Flask, client: PageClient, papers: World) -> None:
        """A browser drops the query of a GET form's address: there it must be a field."""
        with app.app_context(), transaction() as session:
            session.execute(update(Service).values(extra_minutes=5))  # so that the calendar asks how many
        for address in ("/es/oficinas", "/es/oficinas/cusco/cita"):
            page = client.get(f"{address}?service=apostille&guidance={CODE}")
            assert page.all("form", method="get")
            for form in page.all("form", method="get"):
                assert form.one("input", name="guidance")["value"] == CODE

    def test_the_search_says_what_for_and_leads_back(self, client: PageClient, papers: World) -> None:
        found = search_from(client)
        notice = found.one(class_="guided-errand")
        assert "Birth (es), para usar en España : apostilla." in notice.text
        assert notice.one("a")["href"] == path(**BIRTH, country="es")
        assert found.one("input", name="guidance")["value"] == CODE

    def test_the_list_reaches_the_appointment_and_stays_in_any_language(
        self, app: Flask, client: PageClient, papers: World
    ) -> None:
        mine = booked(client)
        assert heading(mine) == "Su cita está confirmada"
        first = mine.one("section", aria_labelledby="first")
        assert [step.text for step in first.one("ol").all("li")] == [
            "Municipalidad. Firma.",
            "Reniec. Autentica.",
        ]
        assert "Birth (es), para usar en España : apostilla." in first.text
        assert "Gratis aquí." in mine.one("section", aria_labelledby="bring").text
        english = client.get(f"/en/my-appointment/{mine.one(class_='pass__reference').text}")
        assert "Birth (en), to be used in Spain : apostille." in english.text
        with app.app_context():
            assert db.session.scalar(select(Booking.guidance)) == CODE

    def test_the_list_stands_in_the_place_of_the_general_line(
        self, app: Flask, client: PageClient, papers: World
    ) -> None:
        general = "Las firmas anteriores, si su documento las necesita"
        with app.app_context(), transaction() as session:
            service = session.scalars(select(Service).where(Service.code == "apostille")).one()
            words = {"name": "Apostilla", "documents": ["DNI", general], "earlier_signatures": general}
            service.texts = {"es": words}
        bring = booked(client).one("section", aria_labelledby="bring").text
        assert "DNI" in bring
        assert general not in bring
        assert general in client.get("/es/oficinas/cusco?service=apostille").text, "nobody said which paper"

    def test_the_letter_carries_it(self, app: Flask, client: PageClient, papers: World) -> None:
        booked(client)
        with app.app_context():
            told = db.session.scalars(select(OutboxMessage)).one()
            letter = render(told.template, "es", json.loads(told.values or ""))
        assert (
            "Birth (es), para usar en España\n1. Municipalidad: Firma.\n2. Reniec: Autentica." in letter.text
        )
        assert letter.html is not None
        assert "<li>Reniec: Autentica.</li>" in letter.html

    @pytest.mark.parametrize("code", ["nothing.es", "birth.zz", "../x", "BIRTH", "birth.es'--", ""])
    def test_a_code_that_is_none_changes_nothing(self, client: PageClient, papers: World, code: str) -> None:
        asked = urlencode({"service": "apostille", "guidance": code})
        assert not client.get(f"/es/oficinas?{asked}").all(class_="guided-errand")
        assert client.get(f"/es/oficinas/cusco/cita?{asked}").one("h1").text == "Elija un día"

    def test_the_page_in_the_other_language_keeps_it_once(self, client: PageClient, papers: World) -> None:
        asked = f"service=apostille&guidance={CODE}"
        page = client.get(f"/es/oficinas?{asked}")
        assert page.one("link", hreflang="en")["href"].endswith(f"/en/offices?{asked}")

    def test_another_procedure_has_another_list(self, client: PageClient, papers: World) -> None:
        page = client.get(f"/es/oficinas?service=legalisation&guidance={CODE}")
        assert not page.all(class_="guided-errand")

    def test_without_the_path_nothing_is_carried_or_read(
        self,
        app: Flask,
        client: PageClient,
        papers: World,
        count_statements: Callable[[], AbstractContextManager[list[str]]],
    ) -> None:
        client.get("/es/oficinas")  # what a process keeps is read now
        with app.app_context():
            known_free.forget()
        with count_statements() as plain:
            page = client.get("/es/oficinas?service=apostille")
        with count_statements() as guided:
            client.get(f"/es/oficinas?service=apostille&guidance={CODE}")
        assert "guidance" not in page.html
        assert len(guided) == len(plain) + 2


def test_what_is_kept_names_nobody(client: PageClient, papers: World) -> None:
    """The pages set no cookie of their own and may be shared."""
    client.get(path(**BIRTH, country="es"))
    assert not [cookie for cookie in ("draft", "appointments") if client.http.get_cookie(cookie)]


def test_the_texts_of_a_chain_are_never_markup(app: Flask, client: PageClient, papers: World) -> None:
    with app.app_context(), transaction() as session:
        chain = session.scalars(select(ChainRow).where(ChainRow.code == "degree")).one()
        chain.texts = json.loads(json.dumps(words("<i>Grado</i>", note="<script>x</script>")))
    page = client.get(path(paper="university", country="es"))
    assert "<script>x" not in page.html
    assert "&lt;i&gt;" not in heading(page)
