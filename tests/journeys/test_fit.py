"""Pages fit those who enlarge them, those whom movement disturbs, and paper."""

from collections.abc import Callable

from flask import Flask

from tests.journeys.desk_steps import TODAY, sign_in
from tests.journeys.steps import WORDS, book
from tests.journeys.test_light import journey
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]

# Text that is cut: it reaches beyond a box around it that hides what flows over.
CUT = """() => [...document.querySelectorAll('main *, header *, footer *')].filter((each) => {
    const box = each.getBoundingClientRect();
    const says = [...each.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim());
    if (!says || !box.width || each.closest('.map, .hidden-words, .govuk-visually-hidden, svg')) return false;
    for (let around = each; around !== document.body; around = around.parentElement) {
        const style = getComputedStyle(around);
        const frame = around.getBoundingClientRect();
        const hides = (way) => way === 'hidden' || way === 'clip';
        if (hides(style.overflowX) && (box.right > frame.right + 1 || each.scrollWidth > each.clientWidth + 1
            && around === each)) return true;
        if (hides(style.overflowY) && box.bottom > frame.bottom + 1) return true;
    }
    return false;
}).map((each) => `${each.tagName} .${each.className}: ${each.innerText.slice(0, 40)}`)"""

# By night too, paper is white.
COLOURS = """() => {
    const page = getComputedStyle(document.documentElement);
    return {scheme: page.colorScheme, ink: getComputedStyle(document.body).color, line: page.getPropertyValue('--line')};
}"""

MOVING = """() => [...document.querySelectorAll('*')].filter((each) => {
    const style = getComputedStyle(each);
    return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none';
}).map((each) => `${each.tagName} .${each.className}`)"""

# Each font that words are written in, and one place where they are.
FONTS = """() => Object.fromEntries([...document.querySelectorAll('body, body *')].filter((each) =>
    each.getBoundingClientRect().width && !each.closest('script, style') &&
    [...each.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim())
).map((each) => [getComputedStyle(each).fontFamily.split(',')[0], `${each.tagName} .${each.className}`]))"""
PAGES = (
    ("/es", 200),
    ("/es/oficinas?near=Cusquitoxx&service=apostille", 404),
    ("/es/mi-cita", 200),
    ("/es/oficinas/cusco/cita?service=apostille", 200),
    ("/desk", 200),
)


def test_all_words_are_in_the_systems_font(visit: Visit) -> None:
    """govuk-frontend names a font of its own on its components, and its script marks the body as one."""
    for path, status in PAGES:
        page = visit().go(path, status=status)
        fonts = page.evaluate(FONTS)
        assert list(fonts) == ["system-ui"], f"{path}: {fonts}"


def test_nothing_is_lost_at_four_hundred_per_cent(visit: Visit) -> None:
    """1280 pixels at 400 % are 320; the text a quarter larger still."""
    citizen = visit(viewport={"width": 320, "height": 256})
    for name in journey(citizen, "70809045"):
        assert citizen.too_wide() == [], name
        citizen.page.evaluate("document.documentElement.style.fontSize = '125%'")
        assert citizen.too_wide() == [], f"{name} with larger text"
        assert citizen.page.evaluate(CUT) == [], f"{name} with larger text"


def test_nothing_moves_for_those_whom_it_disturbs(visit: Visit) -> None:
    for path in ("/es", "/es/oficinas?near=pisac", "/es/oficinas/cusco/cita?service=apostille"):
        citizen = visit(reduced_motion="reduce")
        page = citizen.go(path)
        assert page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
        if "/cita" not in path:
            page.locator(".atlas__frame").first.scroll_into_view_if_needed()
            page.wait_for_selector(".map .pin")
            assert page.locator(".leaflet-fade-anim, .leaflet-zoom-anim").count() == 0
        assert page.evaluate(MOVING) == []


def test_the_pass_is_printed_without_what_only_a_screen_needs(visit: Visit) -> None:
    citizen = visit()
    code = book(citizen, WORDS["es"], "70809055")
    page = citizen.page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(COLOURS) == {"scheme": "light", "ink": "rgb(0, 0, 0)", "line": "#d8d0c2"}
    printed = page.locator("body").inner_text()
    for fact in (code, "Oficina Desconcentrada de Tacna", "Qué traer", "Rosa María Quispe Ñahui"):
        assert fact in printed
    for gone in ("nav", ".tongues", ".skip", "main button", ".govuk-button"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    assert page.locator(".qr").is_visible()


def test_the_page_of_an_office_is_printed(visit: Visit) -> None:
    page = visit().go(WORDS["es"].office("cusco"))
    page.emulate_media(media="print")
    printed = page.locator("body").inner_text()
    for fact in ("Cusco", "Plazoleta Limacpampa Grande 565", "Horario", "9 a. m. – 1 p. m."):
        assert fact in printed
    for gone in (".tongues", ".skip", ".map", ".regions", ".govuk-button", "footer nav"):
        assert page.locator(f"{gone}:visible").count() == 0, gone


def test_the_list_of_the_day_is_printed(visit: Visit, ministry: Flask) -> None:
    clerk = visit(viewport={"width": 1280, "height": 800})
    sign_in(clerk, "mirta")
    page = clerk.go(TODAY)
    page.emulate_media(media="print")
    printed = page.locator("main").inner_text()
    assert "Huamanchumo de la Cruz" in printed
    assert "9:00 a. m." in printed
    for gone in ("nav", ".skip", "button", "form"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
