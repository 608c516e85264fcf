"""A person at a browser, who notices what a person with the developer's tools would: errors and lost requests."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, Response

PATIENCE = 20_000  # milliseconds; a busy machine with two cores


def phone(browser: Browser, address: str, **differences: Any) -> "Visitor":
    """A narrow phone that speaks Spanish; `differences` are those of Playwright's new_context."""
    settings = {
        "viewport": {"width": 360, "height": 740},
        "locale": "es-PE",
        "base_url": address,
        "java_script_enabled": True,
        **differences,
    }
    return Visitor(browser.new_context(**settings))


class Visitor:
    """One browser context with one page. `leave` fails when anything went wrong that nobody expected."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.expected: set[int] = set()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._console)
        self.page.on("response", self._response)
        self.page.on("requestfailed", self._failed)

    def _console(self, message: Any) -> None:
        # The browser also writes a line for each refused page; `_response` judges those by their status.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.complaints.append(f"{response.status} {response.url}")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends what it was still loading; that is nobody's fault.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.failure} {request.url}")

    def leave(self) -> None:
        """Close the context; say what went wrong meanwhile."""
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)

    # --- Going about ------------------------------------------------------------------------------

    def go(self, path: str, *, status: int = 200) -> Page:
        """Open a path and wait until everything of it has loaded."""
        self.expected.add(status)
        answer = self.page.goto(path, wait_until="load")
        assert answer is not None
        assert answer.status == status, f"{path} answered {answer.status}"
        return self.page

    def press(self, name: str, *, role: Any = "button", status: int = 200) -> Page:
        """Press the button (or link) of that name and arrive at the next page."""
        return self.leads(lambda: self.page.get_by_role(role, name=name).first.click(), status=status)

    def leads(self, act: Any, *, status: int = 200) -> Page:
        """Do what leads to another page, and wait for it to have loaded."""
        self.expected.add(status)
        with self.page.expect_navigation(wait_until="load") as found:
            act()
        answer = found.value
        assert answer is None or answer.status in (status, 304), f"{answer.url} answered {answer.status}"
        return self.page

    # --- Looking ----------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def focused(self) -> str:
        """The id, else the name, else the words of what has the keyboard."""
        return str(
            self.page.evaluate(
                "() => { const e = document.activeElement;"
                " return e.id || e.getAttribute('name') || (e === document.body ? 'body' : e.innerText.trim()) }"
            )
        )

    @property
    def ringed(self) -> bool:
        """Whether what has the keyboard shows it with an outline or a shadow."""
        return bool(
            self.page.evaluate(
                """() => {
                    const one = document.activeElement;
                    const label = one.matches('.govuk-radios__input, .govuk-checkboxes__input')
                        ? getComputedStyle(one.nextElementSibling, '::before') : getComputedStyle(one);
                    const outline = label.outlineStyle !== 'none' && parseFloat(label.outlineWidth) >= 2;
                    return outline || label.boxShadow !== 'none';
                }"""
            )
        )

    def too_wide(self) -> list[str]:
        """What sticks out of the page's width, which would make it scroll sideways."""
        return list(
            self.page.evaluate(
                """() => {
                    const root = document.documentElement;
                    if (root.scrollWidth <= root.clientWidth) return [];
                    const out = [...document.querySelectorAll('body *')].filter(
                        (each) => !each.closest('.map *') && each.getBoundingClientRect().right > root.clientWidth + 1);
                    return [`${root.scrollWidth} px in ${root.clientWidth}`,
                        ...out.slice(0, 5).map((each) => `${each.tagName} .${each.className}`)];
                }"""
            )
        )
