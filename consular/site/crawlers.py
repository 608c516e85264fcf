"""What search engines are told: which pages there are, in which languages, and which are nobody's business."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from consular.offices.queries import office_list
from consular.web.guards import public
from consular.web.languages import DEFAULT, LANGUAGES

_SITEMAP, _XHTML = "http://www.sitemaps.org/schemas/sitemap/0.9", "http://www.w3.org/1999/xhtml"
# Pages of one person's own; they say noindex too, for those who come by a link.
PRIVATE = frozenset({"site.my_appointment"})
# What a page's script asks for; nobody reads it.
NOT_PAGES = frozenset({"site.places"})
# Their addresses begin so, in every language: an appointment, and each step of booking one.
_PRIVATE_ADDRESSES = ("site.my_appointment", "site.choose_time", "site.report_mistake")


def add_pages(door: Blueprint) -> None:
    """Give the door the two addresses that crawlers ask for."""
    door.add_url_rule("/robots.txt", "robots", robots)
    door.add_url_rule("/sitemap.xml", "sitemap", sitemap)


@public
def robots() -> ResponseReturnValue:
    """What crawlers may read (RFC 9309), and where the list of pages is."""
    shut = ["/desk", *_private_prefixes()]
    public_url = current_app.extensions["consular"].public_url
    words = render_template("site/robots.txt", shut=shut, sitemap=public_url + url_for("site.sitemap"))
    return Response(words, content_type="text/plain; charset=utf-8")


@public
def sitemap() -> ResponseReturnValue:
    """Every public page with its address in each language (sitemaps.org, with hreflang alternates)."""
    register_namespace("", _SITEMAP)
    register_namespace("xhtml", _XHTML)
    urls = Element(f"{{{_SITEMAP}}}urlset")
    public_url = current_app.extensions["consular"].public_url
    for endpoint, values in _pages():
        addresses = {
            each.code: public_url + url_for(endpoint, language=each.code, **values) for each in LANGUAGES
        }
        for address in addresses.values():
            _write(urls, address, {**addresses, "x-default": addresses[DEFAULT.code]})
    written = b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(urls, encoding="utf-8")
    return Response(written, content_type="application/xml; charset=utf-8")


def _write(urls: Element, address: str, alternates: dict[str, str]) -> None:
    url = SubElement(urls, f"{{{_SITEMAP}}}url")
    SubElement(url, f"{{{_SITEMAP}}}loc").text = address
    for language, alternate in alternates.items():
        link = {"rel": "alternate", "hreflang": language, "href": alternate}
        SubElement(url, f"{{{_XHTML}}}link", link)


def _pages() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every page that exists once in each language and is not private; then one for each office that lives."""
    for rule in _site_rules():
        if rule.endpoint in PRIVATE | NOT_PAGES or "GET" not in (rule.methods or ()):
            continue
        if rule.arguments == {"language"}:
            yield rule.endpoint, {}
    for card in office_list():
        yield "site.office", {"slug": card.slug}


def _site_rules() -> list[Rule]:
    """The citizens' addresses in the default language, each endpoint once."""
    rules = [
        rule
        for rule in current_app.url_map.iter_rules()
        if rule.endpoint.startswith("site.") and (rule.defaults or {}).get("language") == DEFAULT.code
    ]
    return sorted(rules, key=lambda rule: rule.rule)


def _private_prefixes() -> list[str]:
    """The addresses that begin a private page, with a `*` where an office's name stands."""
    return sorted(
        "".join(part if is_static else "*" for is_static, part in _parts(rule))
        for rule in current_app.url_map.iter_rules()
        if rule.endpoint in _PRIVATE_ADDRESSES
    )


def _parts(rule: Rule) -> Iterator[tuple[bool, str]]:
    for piece in rule.rule.replace("<", "\n<").replace(">", ">\n").split("\n"):
        yield not piece.startswith("<"), piece
