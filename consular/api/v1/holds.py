"""Holds: seats that a program keeps for some minutes while somebody fills a form."""

from flask import Response

from consular.api.answering import answer, written
from consular.api.v1 import answers
from consular.api.v1.blueprint import v1
from consular.api.v1.described import ANY_BODY, ANY_KEY, BEARER, LINKS_TO_HOLD, problems
from consular.api.v1.guards import api_key, caller_for
from consular.api.v1.hold_codes import hold_code, token_of
from consular.api.v1.inputs import NewHold
from consular.api.v1.policy import policy
from consular.appointments.holding import hold_places, release_hold
from consular.foundation.database import transaction
from consular.schedule.holds import office_of_hold


@v1.post("/holds")
@api_key("book")
@v1.input(NewHold, arg_name="asked")
@v1.output(answers.HoldAnswer, 201, links=LINKS_TO_HOLD)
@v1.doc(
    tags=["Holds"],
    security=BEARER,
    responses=problems(
        *ANY_KEY,
        *ANY_BODY,
        "office-unknown",
        "service-unknown",
        "slot-unknown",
        "slot-taken",
        "slot-past",
        "office-closed",
        "service-not-offered",
    ),
)
def hold_seats(asked: NewHold) -> Response:
    """Keep seats of one start for some minutes

    Nothing about anybody is asked or kept. Book with the answered `hold` before `expires_at`.
    """
    caller_for(asked.office)
    with transaction():
        hold = hold_places(
            office=asked.office,
            service=asked.service,
            starts_at=asked.starts_at,
            policy=policy(),
            people=asked.people,
            documents=asked.documents,
            preferential=asked.preferential,
        )
    return answer({"hold": hold_code(hold.token), "expires_at": written(hold.expires_at)}, 201)


@v1.delete("/holds/<string:hold>")
@api_key("book")
@v1.output({}, 204)
@v1.doc(tags=["Holds"], security=BEARER, responses=problems(*ANY_KEY, "hold-unknown"))
def release_seats(hold: str) -> Response:
    """Give the seats of a hold back at once"""
    token = token_of(hold)
    with transaction():
        if office := office_of_hold(token):
            caller_for(office)
        release_hold(token)
    return Response(status=204)
