"""What a citizen does in the browser, in either language: each step ends on the page that it leads to."""

from dataclasses import dataclass

from tests.journeys.visitor import Visitor

MAIN_BUTTON = "main form .govuk-button[type=submit]"


@dataclass(frozen=True)
class Words:
    """The words of the addresses in one language."""

    language: str
    offices: str
    visit: str
    details: str
    mine: str
    leave: str
    about: tuple[str, ...]

    @property
    def home(self) -> str:
        return f"/{self.language}"

    def office(self, slug: str) -> str:
        return f"{self.offices}/{slug}?service=apostille"

    def calendar(self, slug: str, **asked: str) -> str:
        query = "".join(f"&{name}={value}" for name, value in asked.items())
        return f"{self.offices}/{slug}/{self.visit}?service=apostille{query}"


WORDS = {
    "es": Words(
        "es",
        "/es/oficinas",
        "cita",
        "datos",
        "/es/mi-cita",
        "salir",
        (
            "/es/acerca",
            "/es/datos-personales",
            "/es/accesibilidad",
            "/es/datos-abiertos",
            "/es/oficinas/cusco/avisar",
            "/es/oficinas/cusco/avisar/gracias",
        ),
    ),
    "en": Words(
        "en",
        "/en/offices",
        "appointment",
        "details",
        "/en/my-appointment",
        "leave",
        (
            "/en/about",
            "/en/privacy",
            "/en/accessibility",
            "/en/open-data",
            "/en/offices/cusco/report",
            "/en/offices/cusco/report/thanks",
        ),
    ),
}


def go_on(visitor: Visitor, *, status: int = 200) -> None:
    """Press the page's main button."""
    visitor.leads(lambda: visitor.page.locator(MAIN_BUTTON).last.click(), status=status)


def search(visitor: Visitor, near: str) -> None:
    """From the home page: offices for an apostille near a place. Leaving the field closes its list of places, which
    may lie over the button."""
    visitor.page.select_option("[name=service]", "apostille")
    visitor.page.fill("[name=near]", near)
    visitor.page.press("[name=near]", "Tab")
    go_on(visitor)


def choose_day(visitor: Visitor, *, turn: bool = True) -> None:
    """On a calendar: its first free day, of the next month unless `turn` is false."""
    if turn:
        visitor.leads(lambda: visitor.page.locator("a.turn--on").click())
    visitor.leads(lambda: visitor.page.locator("a.day--free, a.day--few").first.click())


def choose_time(visitor: Visitor, *, last: bool = False, status: int = 200) -> None:
    """On a day's times: the first of them, or the last."""
    times = visitor.page.locator("button.time")
    visitor.leads(lambda: (times.last if last else times.first).click(), status=status)


def fill_details(visitor: Visitor, document: str) -> None:
    """On the details page: who comes."""
    for name, value in (
        ("document_number", document),
        ("given_names", "Rosa María"),
        ("family_names", "Quispe Ñahui"),
        ("email", "rosa@example.pe"),
    ):
        visitor.page.fill(f"[name={name}]", value)


def book(visitor: Visitor, words: Words, document: str, office: str = "tacna") -> str:
    """The whole journey from the calendar; the reference."""
    visitor.go(words.calendar(office))
    choose_day(visitor)
    choose_time(visitor)
    fill_details(visitor, document)
    go_on(visitor)
    go_on(visitor)
    return reference(visitor)


def reference(visitor: Visitor) -> str:
    """The code that the pass shows."""
    return visitor.page.locator(".pass__reference").inner_text()


def find(visitor: Visitor, words: Words, code: str, document: str, *, status: int = 200) -> None:
    """Ask for an appointment by its code and its document."""
    visitor.go(words.mine)
    visitor.page.fill("[name=reference]", code)
    visitor.page.fill("[name=document_number]", document)
    go_on(visitor, status=status)
