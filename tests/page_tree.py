"""A page as a tree of elements: what the page client and the page rules look at."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(eq=False)
class Element:
    """One element of a page; `text` is all the text inside it with spaces folded."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    content: list["Element | str"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    @property
    def text(self) -> str:
        pieces = (part if isinstance(part, str) else f" {part.text} " for part in self.content)
        return " ".join("".join(pieces).split())

    def walk(self) -> Iterator["Element"]:
        for part in self.content:
            if isinstance(part, Element):
                yield part
                yield from part.walk()

    def all(self, *tags: str, **attributes: str) -> list["Element"]:
        """Elements with one of the tags (or any) and these attributes; `class_` asks for one class name.

        An underscore in an attribute's name stands for a hyphen: `aria_current="page"`.
        """
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if (not tags or element.tag in tags) and all(_has(element, *pair) for pair in wanted.items())
        ]

    def one(self, *tags: str, **attributes: str) -> "Element":
        """The only such element."""
        found = self.all(*tags, **attributes)
        assert len(found) == 1, f"{len(found)} of {tags} {attributes}, wanted one"
        return found[0]

    def inside(self, tag: str) -> bool:
        parent = self.parent
        while parent is not None and parent.tag != tag:
            parent = parent.parent
        return parent is not None


def _has(element: Element, name: str, value: str) -> bool:
    if name == "class":
        return value in element.get("class").split()
    return element.attributes.get(name) == value


class _TreeBuilder(HTMLParser):
    """Builds the tree and notes tags that do not match."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("document", {})
        self.doctype = ""
        self.unbalanced: list[str] = []

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl.lower()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        repeated = [name for name, count in Counter(name for name, _ in attrs).items() if count > 1]
        self.unbalanced += [f"<{tag}> repeats the attribute {name}" for name in repeated]
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.content.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.here.tag != tag:
            self.unbalanced.append(f"</{tag}> closes <{self.here.tag}>")
            return
        self.here = self.here.parent or self.root

    def handle_data(self, data: str) -> None:
        self.here.content.append(data)


class Page:
    """An answer; when it is a page, also its tree."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        builder = _TreeBuilder()
        builder.feed(self.html)
        builder.close()
        self.tree = builder.root
        self.doctype = builder.doctype
        self.unbalanced = builder.unbalanced
        if builder.here is not builder.root:
            self.unbalanced.append(f"<{builder.here.tag}> is never closed")

    def one(self, *tags: str, **attributes: str) -> Element:
        return self.tree.one(*tags, **attributes)

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        return self.tree.all(*tags, **attributes)

    @property
    def text(self) -> str:
        """What a reader reads: the text of <body>, without scripts."""
        return self.one("body").text

    @property
    def heading(self) -> str:
        return self.one("h1").text

    @property
    def location(self) -> str:
        """Where a redirect leads, as path and query."""
        parts = urlsplit(self.response.headers["Location"])
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def errors(self) -> dict[str, str]:
        """The error summary: field id -> words."""
        return {
            link["href"].removeprefix("#"): link.text
            for summary in self.all(class_="govuk-error-summary")
            for link in summary.all("a")
        }

    def form(self, **attributes: str) -> Element:
        """The only form with these attributes (`action=`, `id=`)."""
        return self.one("form", **attributes)

    def link(self, words: str) -> str:
        """The address of the only link with exactly these words."""
        addresses = {link["href"] for link in self.all("a") if link.text == words and link.get("href")}
        assert len(addresses) == 1, f"{len(addresses)} addresses for the link {words!r}"
        return addresses.pop()
