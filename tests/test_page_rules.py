"""The strict page client refuses each mistake that it promises to refuse, and a correct page passes."""

import pytest
from flask import Flask, request

from tests.page_client import PageClient, filled

PAGE = """<!doctype html>
<html lang="es">
<head>
<title>Elija una hora – Citas</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/site.css">
</head>
<body>
<main id="main">
<h1>Elija una hora</h1>
<h2>Mañana</h2>
<form action="/send" method="post">
<input type="hidden" name="csrf_token" value="t">
<label for="name">Nombre</label> <input id="name" name="name" value="Rosa">
<fieldset><legend>Documento</legend>
<label><input type="radio" name="kind" value="dni" checked> DNI</label>
<label><input type="radio" name="kind" value="ce"> CE</label>
</fieldset>
<select name="service" aria-label="Trámite"><option value="a">A</option><option value="b" selected>B</option></select>
<textarea name="note" aria-label="Nota">
dos</textarea>
<button>Continuar</button>
</form>
<p><a href="#main">Arriba</a> <img src="/map.png" alt="Mapa"></p>
</main>
</body>
</html>"""

SUMMARY = '<div class="govuk-error-summary"><h2>Hay un error</h2><a href="#name">Escriba su nombre</a></div>'

MISTAKES = [
    ("<!doctype html>", "", "doctype"),
    (' lang="es"', "", "no lang"),
    ("<h1>Elija una hora</h1>", "", "<h1>, wanted one"),
    ("<h2>Mañana</h2>", "<h1>Otra</h1>", "<h1>, wanted one"),
    ("<title>Elija", "<title>Citas: elija", "does not begin with the heading"),
    ("<h2>Mañana</h2>", "<h4>Mañana</h4>", "follows a level"),
    ("<h2>Mañana</h2>", "<h2></h2>", "empty <h2>"),
    ('<main id="main">', '<main id="name">', "appears 2 times"),
    ('label for="name"', 'label for="nome"', "points to nothing"),
    ('<label for="name">Nombre</label>', "", "has no label"),
    ("<legend>Documento</legend>", "", "no legend"),
    ('action="/send"', "", "write the whole path"),
    ('action="/send"', 'action="send"', "write the whole path"),
    ('value="t"', "", "csrf tokens"),
    ('method="post"', 'method="get"', "shows its csrf token"),
    ("<button>Continuar", "<button>", "a button has no words"),
    (">Arriba<", "><", "has no words"),
    ('href="#main"', 'href="#"', "leads nowhere"),
    ('href="#main"', 'href="#mani"', "not on the page"),
    (' alt="Mapa"', "", "no alt"),
    ("<h2>Mañana", '<h2 style="color:red">Mañana', "inline style"),
    ("<h2>Mañana", '<h2 onclick="x()">Mañana', "inline handler"),
    ("</main>", "<script>x()</script></main>", "inline script"),
    ("/static/site.css", "https://cdn.example/site.css", "from elsewhere"),
    ("Nombre", "%(name)s", "left over"),
    ("Nombre", "{{ name }}", "left over"),
    ("</h2>", "</h3>", "closes"),
    ("</main>", "", "closes"),
    ('name="viewport"', 'name="other"', "viewport"),
    ("<h1>", f"{SUMMARY}<h1>", "does not say first that there is an error"),
    ("<p>", '<p class="govuk-error-message">Escriba su nombre</p><p>', "no error summary"),
    ("<h1>", '<div class="govuk-error-summary"><h2>Hay un error</h2></div><h1>', "links to no field"),
]


@pytest.fixture
def app() -> Flask:
    """A bare application that answers what a test gives it."""
    app = Flask(__name__)
    app.config["page"] = PAGE

    @app.after_request
    def policy(response):
        if app.config.get("policy", True):
            response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    @app.get("/page")
    def page() -> str:
        return app.config["page"]

    @app.post("/send")
    def send() -> dict[str, list[str]]:
        return request.form.to_dict(flat=False)

    return app


def test_a_correct_page_passes(client: PageClient) -> None:
    assert client.get("/page").heading == "Elija una hora"


@pytest.mark.parametrize(("right", "wrong", "words"), MISTAKES, ids=[words for _, _, words in MISTAKES])
def test_a_mistake_is_refused(app: Flask, client: PageClient, right: str, wrong: str, words: str) -> None:
    assert right in PAGE
    app.config["page"] = PAGE.replace(right, wrong, 1)
    with pytest.raises(AssertionError, match=words):
        client.get("/page")


def test_a_page_without_a_policy_is_refused(app: Flask, client: PageClient) -> None:
    app.config["policy"] = False
    with pytest.raises(AssertionError, match="Content-Security-Policy"):
        client.get("/page")


def test_an_error_page_is_correct_with_its_summary(app: Flask, client: PageClient) -> None:
    app.config["page"] = PAGE.replace("<h1>", f"{SUMMARY}<h1>").replace("<title>", "<title>Error: ")
    assert client.get("/page").errors == {"name": "Escriba su nombre"}


def test_another_status_is_refused(client: PageClient) -> None:
    with pytest.raises(AssertionError, match="answered 404, wanted 200"):
        client.get("/nowhere")


def test_a_form_sends_what_a_browser_would(client: PageClient) -> None:
    form = client.get("/page").form(action="/send")
    assert filled(form) == {"csrf_token": "t", "name": "Rosa", "kind": "dni", "service": "b", "note": "dos"}
    answer = client.submit(form, {"name": "Julio", "kind": "ce"}, status=200)
    sent = answer.response.get_json()
    assert sent["name"] == ["Julio"]
    assert sent["kind"] == ["ce"]
    assert sent["csrf_token"] == ["t"]


def test_a_field_that_the_form_lacks_is_refused(client: PageClient) -> None:
    form = client.get("/page").form(action="/send")
    with pytest.raises(AssertionError, match="no field 'surname'"):
        client.submit(form, {"surname": "Condori"}, status=200)


def test_a_request_inside_an_applications_context_is_refused(app: Flask, client: PageClient) -> None:
    with app.app_context(), pytest.raises(AssertionError, match="leave app.app_context"):
        client.get("/page")
