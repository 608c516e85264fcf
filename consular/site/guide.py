"""The guided path: three questions that say which procedure a paper needs, and what must be done to it first.

The answers live in the address, so that Back, a reload and a shared link all work; nothing is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from consular.foundation.errors import Refusal
from consular.offices.country_names import country_name, find_country
from consular.offices.guidance import Chain, Country, GuidanceCode, Paper
from consular.offices.guidance_queries import (
    ChainUnknown,
    CountryUnknown,
    PaperUnknown,
    country_by_code,
    country_codes,
    paper_with_chains,
    papers,
)
from consular.offices.place_names import fold
from consular.offices.queries import service_by_code
from consular.site.forms import SearchForm
from consular.site.guidance_carried import guidance_of, install
from consular.site.guide_forms import LONGEST_COUNTRY, NOT_KNOWN, CountryForm, IssuerForm, PaperForm
from consular.web.guards import public
from consular.web.languages import LANGUAGES, current_language, localised

QUESTIONS = ("paper", "issuer", "country")
ANSWERS = (*QUESTIONS, "digital")
STATUS_EMPTY = 422


@dataclass(frozen=True)
class Path:
    """How far somebody has come: what was asked for, and what is known of it."""

    asked: Mapping[str, str]
    change: str | None = None
    paper: Paper | None = None
    chain: Chain | None = None
    only_chain: bool = False
    country: Country | None = None

    @property
    def country_words(self) -> str | None:
        """The answer to the third question, in the page's language."""
        if self.country:
            return country_name(self.country.code, current_language().formats)
        return gettext("I do not know yet") if self.asked.get("country") == NOT_KNOWN else None

    def address(self, **changes: str | None) -> str:
        """The path's own address with these answers instead."""
        values: dict[str, Any] = {**self.asked, **changes}
        return url_for("site.guide", **values)

    def kept(self, question: str) -> dict[str, str]:
        """The other answers, for the hidden fields of a question's form: another paper has other issuers."""
        dropped = {question, "issuer", "digital"} if question == "paper" else {question}
        return {name: value for name, value in self.asked.items() if name not in dropped}


def add_pages(door: Blueprint) -> None:
    """Give the door its addresses."""
    localised(door, "guide", {"es": "/es/que-tramite-necesito", "en": "/en/which-procedure"}, guide)
    install(door)


@public
def guide() -> ResponseReturnValue:
    """The next question that has no answer yet, or the answer."""
    asked = {name: request.args[name] for name in ANSWERS if name in request.args}
    change = request.args.get("change")
    path = Path(asked, change if change in QUESTIONS else None)
    if change == "paper" or not asked.get("paper"):
        return _ask_paper(path)
    try:
        paper, chains = paper_with_chains(asked["paper"])
    except PaperUnknown as refusal:
        return _ask_paper(path, refusal)
    return _with_paper(path, paper, chains)


def _with_paper(path: Path, paper: Paper, chains: list[Chain]) -> ResponseReturnValue:
    only = chains[0] if len(chains) == 1 else None
    chosen = only or next((each for each in chains if each.code == path.asked.get("issuer")), None)
    path = Path(path.asked, path.change, paper, chosen, only is not None)
    if chosen is None or (path.change == "issuer" and not only):
        wrong = bool(path.asked.get("issuer")) and chosen is None
        return _ask_issuer(path, chains, ChainUnknown() if wrong else None)
    if not chosen.needs_country:
        return _answer(path)
    return _with_chain(path)


def _with_chain(path: Path) -> ResponseReturnValue:
    typed = path.asked.get("country")
    if typed is None or path.change == "country":
        return _ask_country(path)
    if typed == NOT_KNOWN:
        return _answer(path)
    try:
        country = country_by_code(typed.upper()) if len(typed) == 2 else None
    except CountryUnknown:
        country = None
    if country is None:
        return _named_country(path, typed)
    return _answer(Path(path.asked, None, path.paper, path.chain, path.only_chain, country))


def _named_country(path: Path, typed: str) -> ResponseReturnValue:
    """Somebody wrote a name: lead to the address with its code, or offer what may have been meant."""
    if not typed.strip() or len(typed) > LONGEST_COUNTRY:
        return _ask_country(path)
    found = find_country(typed, country_codes(), [language.formats for language in LANGUAGES])
    if found.code:
        return redirect(path.address(country=found.code.lower()), 303)
    return _ask_country(path, CountryUnknown(), found.alike)


def _ask_paper(path: Path, refusal: Refusal | None = None) -> ResponseReturnValue:
    form = PaperForm(request.args)
    form.offer(papers())
    words = gettext("That paper is not in the list: choose one of these") if path.asked.get("paper") else None
    return _question(path, "paper", form, words if refusal else None, refusal)


def _ask_issuer(path: Path, chains: list[Chain], refusal: Refusal | None) -> ResponseReturnValue:
    assert path.paper is not None  # noqa: S101  # nobody is asked before the paper is known
    form = IssuerForm(request.args)
    form.offer(path.paper, chains)
    return _question(
        path, "issuer", form, gettext("That answer is not in the list: choose one of these"), refusal
    )


def _ask_country(
    path: Path, refusal: Refusal | None = None, alike: tuple[str, ...] = ()
) -> ResponseReturnValue:
    form = CountryForm(request.args)
    locale = current_language().formats
    if path.change == "country":
        form.country.data = path.country_words or _name_of(path.asked.get("country"), locale)
    names = sorted((country_name(code, locale) for code in country_codes()), key=fold)
    words = gettext("We know no country with that name: check how it is written")
    offered = [(country_name(code, locale), path.address(country=code.lower())) for code in alike]
    return _question(path, "country", form, words, refusal, names=names, alike=offered)


def _name_of(code: str | None, locale: str) -> str:
    return country_name(code.upper(), locale) if code and code != NOT_KNOWN else ""


def _question(
    path: Path, question: str, form: Any, words: str | None, refusal: Refusal | None, **more: Any
) -> ResponseReturnValue:
    status = 200
    if refusal is not None:
        form[question].errors = [words]
        status = refusal.status
    elif question in path.asked and path.change is None and not form.validate():
        status = STATUS_EMPTY
    page = render_template("site/guide/question.html", path=path, question=question, form=form, **more)
    return page, status


def _answer(path: Path) -> ResponseReturnValue:
    assert path.chain is not None  # noqa: S101  # the last question is behind
    code = GuidanceCode(path.chain.code, path.country.code if path.country else None)
    digital = path.asked.get("digital") == "yes"
    guidance = guidance_of(code, path.chain, path.country, digital=digital)
    service = service_by_code(guidance.answer.service) if guidance.answer.service else None
    return render_template(
        "site/guide/answer.html", path=path, guidance=guidance, service=service, form=SearchForm()
    )
