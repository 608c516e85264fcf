"""Places by the beginning of their names, for programs with a search field of their own."""

from flask import Response

from consular.api.answering import shared_answer
from consular.api.v1 import answers
from consular.api.v1.blueprint import v1
from consular.api.v1.described import shared
from consular.api.v1.office_shapes import place_shape
from consular.api.v1.parameters import PlaceBeginning
from consular.web.guards import api_open
from consular.web.places import begun

MAX_AGE = 3600  # seconds


@v1.get("/places")
@api_open
@v1.input(PlaceBeginning, location="query", arg_name="asked")
@v1.output(answers.PlaceList, headers=answers.SharedHeaders)
@v1.doc(tags=["Offices"], responses=shared())
def list_places(asked: PlaceBeginning) -> Response:
    """The places that somebody who types may mean

    Towns, districts, provinces and regions whose name, or a word of it, begins so or begins to sound so.
    """
    return shared_answer({"places": [place_shape(place) for place in begun(asked.q)]}, max_age=MAX_AGE)
