"""Papers of a service: the signatures that each needs before it is brought."""

from dataclasses import asdict
from typing import Any

from flask import Response

from consular.api.answering import shared_answer
from consular.api.v1 import answers
from consular.api.v1.blueprint import v1
from consular.api.v1.described import shared
from consular.api.v1.offices import FACTS_MAX_AGE
from consular.offices.guidance import Chain, steps_of
from consular.offices.guidance_queries import chains_of_service
from consular.web.guards import api_open
from consular.web.languages import preferred_language


@v1.get("/services/<string:code>/papers")
@api_open
@v1.output(answers.PaperList, headers=answers.SharedHeaders)
@v1.doc(tags=["Offices"], responses=shared("service-unknown"))
def list_papers(code: str) -> Response:
    """The papers of a service, and the signatures that each needs first

    In the language of Accept-Language, Spanish by default. Empty: nobody has published any.
    """
    language = preferred_language().code
    content = {"service": code, "papers": [_shape(each, language) for each in chains_of_service(code)]}
    response = shared_answer(content, max_age=FACTS_MAX_AGE)
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response


def _shape(chain: Chain, language: str) -> dict[str, Any]:
    words = chain.texts.get(language) or next(iter(chain.texts.values()))
    return {
        "code": chain.code,
        "name": words["name"],
        "steps": [{"where": None, **step} for step in steps_of(words)],
        "checks": list(words.get("checks", ())),
        "depends_on_country": chain.needs_country,
        "source": asdict(chain.source),
        "confirmed_on": chain.confirmed_on,
    }
