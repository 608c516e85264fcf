"""Which procedure a paper needs: the rules of the guided path, pure. What they decide on is data (docs/guidance.md)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from consular.offices.cards import SourceInfo

_CODE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)(?:\.([a-z]{2}))?", re.ASCII)
LONGEST_CODE = 60  # letters of a chain's code


class Convention(StrEnum):
    """What the Apostille Convention is between this country and another.

    `home` is this country; `objection`: both are parties, but one objected to the other, so that it is not
    in force between them; `unknown` is an answer too.
    """

    HOME = "home"
    MEMBER = "member"
    OBJECTION = "objection"
    NO = "no"
    UNKNOWN = "unknown"


class Route(StrEnum):
    """What sort of errand a chain is."""

    PERUVIAN = "peruvian"  # a paper of this country, to be used in another
    TRANSLATION = "translation"  # a translation made in this country
    CONSULAR = "consular"  # a paper that carries a consul's signature
    HELP = "help"  # no paper at all: a procedure of its own
    ELSEWHERE = "elsewhere"  # another authority does it


class Certificate(StrEnum):
    """What a paper of this country carries when it is used in another."""

    APOSTILLE = "apostille"
    LEGALISATION = "legalisation"
    ASK = "ask"  # nobody has told us: the authority that will receive it knows
    NONE = "none"  # it stays at home


class Kind(StrEnum):
    """How the path ends."""

    APOSTILLE = "apostille"
    LEGALISATION = "legalisation"
    ASK = "ask"
    DIGITAL = "digital"
    TRANSLATION = "translation"
    CONSULAR = "consular"
    HELP = "help"
    AT_HOME = "at-home"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper, the first question's choice. `texts`: name, hint and question, by language."""

    code: str
    texts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Chain:
    """A paper of one issuer, with the signatures that it needs before it is brought.

    `service` is what is booked for it, `digital_service` what does the same online for a wholly digital
    paper; None when there is none. `texts`, by language: name, steps, checks and notes (guidance_models).
    """

    code: str
    paper: str
    route: Route
    service: str | None
    digital_service: str | None
    texts: Mapping[str, Mapping[str, Any]]
    source: SourceInfo
    confirmed_on: str | None

    @property
    def needs_country(self) -> bool:
        """Whether the answer depends on where the paper will be used."""
        return self.route in (Route.PERUVIAN, Route.TRANSLATION)


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its ISO 3166 code. `in_force_from` is the first day of the Convention there; members only."""

    code: str
    convention: Convention
    in_force_from: date | None
    notes: Mapping[str, str]
    source: SourceInfo
    confirmed_on: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do. `certificate` is None where no country matters; `service` None when nothing is booked here."""

    kind: Kind
    certificate: Certificate | None
    service: str | None


def certificate_for(country: Country, on: date) -> Certificate:
    """What a paper of this country needs there, on that day.

    Source of the rule: the Convention of 5 October 1961, articles 1, 3 and 12 (between two countries where
    it is in force, the apostille replaces the legalisation; an objection keeps it out of force).
    """
    if country.convention == Convention.HOME:
        return Certificate.NONE
    if country.convention == Convention.UNKNOWN:
        return Certificate.ASK
    if country.convention != Convention.MEMBER:
        return Certificate.LEGALISATION
    if country.in_force_from is None:
        return Certificate.ASK
    return Certificate.APOSTILLE if country.in_force_from <= on else Certificate.LEGALISATION


def answer(chain: Chain, country: Country | None, *, digital: bool, on: date) -> Answer:
    """The one end of the path for these answers.

    country: None when it is not known yet, or does not matter. digital: the person said that theirs is a
    wholly digital paper; no matter where no service takes those.
    """
    if not chain.needs_country:
        return Answer(_KINDS[chain.route], None, chain.service)
    certificate = certificate_for(country, on) if country else Certificate.ASK
    if certificate == Certificate.NONE:
        return Answer(Kind.AT_HOME, certificate, None)
    if digital and chain.digital_service:
        return Answer(Kind.DIGITAL, certificate, chain.digital_service)
    kind = Kind.TRANSLATION if chain.route == Route.TRANSLATION else Kind(certificate.value)
    return Answer(kind, certificate, chain.service)


_KINDS = {Route.CONSULAR: Kind.CONSULAR, Route.HELP: Kind.HELP, Route.ELSEWHERE: Kind.ELSEWHERE}


def steps_of(texts: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """The earlier signatures of a chain, in their order, from its texts in one language."""
    steps: Sequence[Mapping[str, str]] = texts.get("steps", ())
    return steps


@dataclass(frozen=True, slots=True)
class GuidanceCode:
    """The public code of a finished path, `birth-municipality.es`: the chain and, where one matters, the country.

    It names no person. It travels in addresses and is kept with the booking.
    """

    chain: str
    country: str | None = None

    @classmethod
    def read(cls, written: str | None) -> "GuidanceCode | None":
        """What an address or a booking carries; None when it is no such code. Whether it exists is not asked."""
        found = _CODE.fullmatch(written) if written and len(written) <= LONGEST_CODE + 3 else None
        if found is None:
            return None
        return cls(found[1], found[2].upper() if found[2] else None)

    def __str__(self) -> str:
        return f"{self.chain}.{self.country.lower()}" if self.country else self.chain
