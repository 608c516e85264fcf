"""Pages are light, and are read soon on a slow link."""

from collections.abc import Callable, Iterator

from tests.journeys.scales import Scales
from tests.journeys.steps import WORDS, choose_day, choose_time, fill_details, go_on, reference, search
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
PAGE = 40 * 1024  # bytes over the wire, with headers, without the map
MAP = 90 * 1024
SHEETS = 4  # the common one, the page's, the map's, that of paper
SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 25_000,
    "uploadThroughput": 25_000,
}  # 200 kbit/s
FIRST_TEXT = 3000  # milliseconds
FIRST_PAINT = """() => new Promise((seen) => {
    const look = (list) => list.getEntriesByName('first-contentful-paint').forEach((each) => seen(each.startTime));
    new PerformanceObserver(look).observe({type: 'paint', buffered: true});
})"""


def journey(citizen: Visitor, document: str) -> Iterator[str]:
    """Every page of the journey, one after another; each stands when its name is given."""
    words = WORDS["es"]
    citizen.go(words.home)
    yield "home"
    search(citizen, "pisac")
    yield "results"
    citizen.go(words.office("cusco"))
    yield "office"
    citizen.go(words.calendar("cusco"))
    yield "calendar"
    choose_day(citizen)
    yield "times"
    choose_time(citizen)
    yield "details"
    go_on(citizen, status=422)
    yield "details with errors"
    fill_details(citizen, document)
    go_on(citizen)
    yield "check"
    go_on(citizen)
    yield "done"
    code = reference(citizen)
    citizen.go(f"{words.mine}/{code}/cambiar")
    yield "move"
    citizen.go(f"{words.mine}/{code}/cancelar")
    yield "cancel"
    citizen.go(words.mine)
    yield "find"


def test_every_page_is_light(visit: Visit) -> None:
    citizen = visit()
    scales = Scales(citizen.context, citizen.page)
    weighed, maps = {}, {}
    for name in journey(citizen, "70809044"):
        citizen.page.wait_for_load_state("networkidle")
        weighed[name], maps[name] = scales.of_page, scales.of_map
        assert scales.of_page <= PAGE, f"{name} weighs {scales.of_page}: {dict(scales.weights)}"
        sheets = [path for path in scales.weights if path.endswith(".css") and "leaflet" not in path]
        assert "/static/vendor/site.css" in sheets
        assert len(sheets) <= SHEETS, f"{name} asks for {sheets}"
        assert scales.of_map <= MAP, f"the map of {name} weighs {scales.of_map}"
    assert min(weighed.values()) > 5000, f"nothing was weighed: {weighed}"
    assert maps["home"] > 30_000, "the map was not weighed"


def test_the_first_text_comes_soon_on_a_slow_link(visit: Visit) -> None:
    for path in ("/es", "/es/oficinas?near=pisac&service=apostille"):
        citizen = visit()
        citizen.page.set_default_timeout(60_000)
        scales = Scales(citizen.context, citizen.page)
        scales.network.send("Network.emulateNetworkConditions", SLOW)
        page = citizen.page
        page.goto(path, wait_until="commit")
        shown = page.evaluate(FIRST_PAINT)
        assert 400 < shown < FIRST_TEXT, f"{path}: first text after {shown:.0f} ms"
        assert citizen.page.locator("h1").is_visible()
