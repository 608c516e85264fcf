"""What pages weigh in a real browser, at the width of a phone, and what of it a second visit still fetches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playwright.sync_api import sync_playwright

from bench.peers.ours import SERVICE
from tests.journeys.scales import Scales
from tests.servers import CHROMIUM_ARGUMENTS, find_chromium

PHONE = {"width": 360, "height": 740}


class BrowserMissing(Exception):
    """There is no Chromium on this machine."""


@dataclass(frozen=True)
class Weight:
    """One page in Spanish: bytes over the wire with headers, without its map, and of the map; `requests` in all."""

    name: str
    page: int
    map: int
    requests: int

    def line(self) -> str:
        """As printed."""
        of_map = f" and its map {self.map / 1024:.0f} KiB" if self.map else ""
        return f"{self.name}: {self.page / 1024:.1f} KiB{of_map}, {self.requests} requests"


def weigh(origin: str, office: str) -> Sequence[Weight]:
    """The citizens' pages of a running server, each with nothing kept from the one before.

    Raises:
        BrowserMissing
        RuntimeError: a page did not answer 200.
    """
    executable = find_chromium()
    if executable is None:
        raise BrowserMissing("page weights need a Chromium: make test brings one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        try:
            context = browser.new_context(viewport=PHONE, locale="es-PE", base_url=origin)
            page = context.new_page()
            scales = Scales(context, page)
            found = []
            for name, path in _pages(office):
                answer = page.goto(path, wait_until="networkidle")
                if answer is None or answer.status != 200:
                    raise RuntimeError(f"{path} answered {answer and answer.status}")
                found.append(Weight(name, int(scales.of_page), int(scales.of_map), len(scales.weights)))
            return found
        finally:
            browser.close()


def _pages(office: str) -> Iterator[tuple[str, str]]:
    yield "home", "/es"
    yield "results", f"/es/oficinas?near=Cusco&service={SERVICE}"
    yield "office", f"/es/oficinas/{office}?service={SERVICE}"
    yield "a month", f"/es/oficinas/{office}/cita?service={SERVICE}"
    yield "which service", "/es/que-tramite-necesito"
    yield "open data", "/es/datos-abiertos"
