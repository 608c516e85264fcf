"""What a correct page is: structure, names for everything, no dead ends, nothing inline, nothing foreign."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.page_tree import Page

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "headers")
UNLABELLED_INPUTS = {"hidden", "submit", "button", "image", "reset"}
# What a template or a catalogue leaves behind when something went wrong.
LEFTOVERS = re.compile(r"\{\{|\{%|%\(\w+\)s|&amp;(?:lt|gt|amp|quot|#\d+);|<built-in |object at 0x")


def mistakes(page: Page) -> list[str]:
    """Everything that is wrong with a page, in words."""
    checks = (_shape, _headings, _ids, _fields, _forms, _links_and_images, _own_assets, _error_summary)
    return [mistake for check in checks for mistake in check(page)]


def _shape(page: Page) -> Iterator[str]:
    yield from page.unbalanced
    if page.doctype != "doctype html":
        yield f"doctype is {page.doctype!r}"
    html = page.all("html")
    if not html or not re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", html[0].get("lang")):
        yield "<html> has no lang"
    if len(page.all("main")) != 1:
        yield f"{len(page.all('main'))} <main>, wanted one"
    if not any("width=device-width" in meta.get("content") for meta in page.all("meta", name="viewport")):
        yield "no viewport for phones"
    if found := LEFTOVERS.search(page.html):
        yield f"left over in the text: {page.html[max(0, found.start() - 30) : found.end() + 30]!r}"
    if "Content-Security-Policy" not in page.response.headers:
        yield "no Content-Security-Policy"


def _headings(page: Page) -> Iterator[str]:
    titles = [title.text for title in page.all("title") if title.inside("head")]
    ones = page.all("h1")
    if len(ones) != 1:
        yield f"{len(ones)} <h1>, wanted one: {[heading.text for heading in ones]}"
    elif len(titles) != 1 or not titles[0].removeprefix("Error: ").startswith(ones[0].text):
        yield f"title {titles} does not begin with the heading {ones[0].text!r}"
    elif page.errors and not titles[0].startswith("Error: "):
        yield f"title {titles[0]!r} does not say first that there is an error"
    level = 0
    for heading in page.all(*HEADINGS):
        if heading.inside("template"):
            continue
        if not heading.text:
            yield f"empty <{heading.tag}>"
        deeper = int(heading.tag[1])
        # The error summary comes before the h1 and is an h2.
        if level and deeper > level + 1:
            yield f"<{heading.tag}> {heading.text!r} follows a level {level}"
        level = deeper


def _ids(page: Page) -> Iterator[str]:
    ids = Counter(element["id"] for element in page.tree.walk() if "id" in element.attributes)
    for name, count in ids.items():
        if count > 1 or not name.strip() or " " in name:
            yield f"id {name!r} appears {count} times"
    for element in page.tree.walk():
        for attribute in REFERENCES:
            for name in element.get(attribute).split():
                if name not in ids:
                    yield f'<{element.tag} {attribute}="{name}"> points to nothing'


def _fields(page: Page) -> Iterator[str]:
    labels = Counter(label["for"] for label in page.all("label") if label.get("for") and label.text)
    for element in page.all("input", "select", "textarea"):
        if element.tag == "input" and element.get("type", "text") in UNLABELLED_INPUTS:
            continue
        named = labels[element.get("id")] or element.get("aria-label") or element.get("aria-labelledby")
        if not named and not element.inside("label"):
            yield f'<{element.tag} name="{element.get("name")}"> has no label'
    for group in page.all("fieldset"):
        if not any(legend.text for legend in group.all("legend")):
            yield "a fieldset has no legend"


def _forms(page: Page) -> Iterator[str]:
    for form in page.all("form"):
        method = form.get("method", "get").lower()
        if "action" not in form.attributes or not form["action"].startswith("/"):
            yield f"a form's action is {form.get('action')!r}: write the whole path"
        if method not in ("get", "post"):
            yield f"a form's method is {method!r}"
        tokens = [token for token in form.all("input", name="csrf_token") if token.get("value")]
        if method == "post" and len(tokens) != 1:
            yield f"the form to {form.get('action')} carries {len(tokens)} csrf tokens"
        if method == "get" and form.all("input", name="csrf_token"):
            yield f"the form to {form.get('action')} shows its csrf token in the address"
    for button in page.all("button"):
        if not (button.text or button.get("aria-label")):
            yield "a button has no words"


def _links_and_images(page: Page) -> Iterator[str]:
    ids = {element["id"] for element in page.tree.walk() if "id" in element.attributes}
    for link in page.all("a"):
        address = link.get("href")
        pictures = [image.get("alt") for image in link.all("img")]
        if not (link.text or link.get("aria-label") or any(pictures)):
            yield f"the link to {address} has no words"
        if address in ("#", "") and "href" in link.attributes:
            yield f"the link {link.text!r} leads nowhere"
        if address.startswith("#") and address[1:] and address[1:] not in ids:
            yield f"the link {link.text!r} points to {address}, which is not on the page"
        if link.get("target") == "_blank" and "noopener" not in link.get("rel").split():
            yield f"the link {link.text!r} opens a new window without rel=noopener"
    for image in page.all("img"):
        if "alt" not in image.attributes:
            yield f"the image {image.get('src')} has no alt"


def _own_assets(page: Page) -> Iterator[str]:
    """The policy forbids inline script and style, so a page that has some is broken in silence."""
    for element in page.tree.walk():
        if element.tag == "style" or "style" in element.attributes:
            yield f"inline style in <{element.tag}>"
        if handlers := [name for name in element.attributes if name.startswith("on")]:
            yield f"inline handler {handlers} in <{element.tag}>"
        if (
            element.tag == "script"
            and not element.get("src")
            and element.get("type") not in ("application/json", "application/ld+json")
        ):
            yield "inline script"
        address = element.get("src") or (element.get("href") if element.tag == "link" else "")
        if urlsplit(address).netloc and element.get("rel") not in ("canonical", "alternate"):
            yield f"<{element.tag}> loads {address} from elsewhere"


def _error_summary(page: Page) -> Iterator[str]:
    summaries = page.all(class_="govuk-error-summary")
    if len(summaries) > 1:
        yield "more than one error summary"
    messages = page.all(class_="govuk-error-message")
    if messages and not summaries:
        yield "errors beside fields, and no error summary"
    for summary in summaries:
        if not summary.all("a"):
            yield "the error summary links to no field"
