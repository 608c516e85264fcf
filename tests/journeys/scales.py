"""What a page weighs in a browser, its map apart: the tests hold it to its budget, the benchmark writes it down."""

from collections import defaultdict
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page


class Scales:
    """Weighs what a page fetches, as the network delivers it: bytes over the wire, with headers, nothing kept."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.network = context.new_cdp_session(page)
        self.network.send("Network.enable")
        self.network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.network.on("Network.requestWillBeSent", self._asked)
        self.network.on("Network.loadingFinished", self._loaded)
        self.begin()

    def begin(self) -> None:
        """Forget what was weighed: another page begins."""
        self.addresses: dict[str, str] = {}
        self.weights: dict[str, float] = defaultdict(float)

    def _asked(self, event: dict) -> None:
        if event["type"] == "Document":
            self.begin()
        self.addresses[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def _loaded(self, event: dict) -> None:
        self.weights[self.addresses.get(event["requestId"], "?")] += event["encodedDataLength"]

    @property
    def of_map(self) -> float:
        return sum(weight for path, weight in self.weights.items() if _is_map(path))

    @property
    def of_page(self) -> float:
        return sum(weight for path, weight in self.weights.items() if not _is_map(path))


def _is_map(path: str) -> bool:
    return "/vendor/leaflet" in path or path in ("/outline.svg", "/static/js/map.js", "/static/css/map.css")
