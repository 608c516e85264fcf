"""Every problem that the API may answer (RFC 9457): its name, its status, what it means, what to do.

`title` and `advice` are English and stable: they are for whoever writes or reads a program. A refusal
that can reach the API and has no entry here fails a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from consular.foundation.errors import Refusal


@dataclass(frozen=True)
class ProblemType:
    """One kind of problem. `shows` are the facts of the refusal that the answer carries."""

    name: str
    status: int
    title: str
    advice: str
    shows: tuple[str, ...] = ()


_LISTED = (
    ProblemType(
        "bad-request", 400, "The request cannot be read", "Its address or its headers are not valid HTTP."
    ),
    ProblemType(
        "malformed-json",
        400,
        "The body is not JSON",
        "Send one JSON object in UTF-8, without lone surrogates.",
    ),
    ProblemType(
        "key-missing",
        401,
        "A key is needed",
        "Send the header Authorization: Bearer KEY. The ministry issues keys.",
    ),
    ProblemType(
        "key-unknown",
        401,
        "This is not a key in force",
        "The key was never issued, or it was revoked. Ask for another.",
    ),
    ProblemType(
        "scope-missing", 403, "The key may not do this", "The call needs a key of another scope.", ("scope",)
    ),
    ProblemType(
        "office-not-allowed",
        403,
        "The key does not reach this office",
        "The key was issued for other offices.",
        ("office",),
    ),
    ProblemType(
        "not-found", 404, "There is nothing at this address", "See /api/docs for the calls that there are."
    ),
    ProblemType(
        "place-unknown",
        404,
        "No place of that name is known",
        "Try one of `suggestions`, add the region's name, or send a position as lat,lon.",
        ("typed", "suggestions"),
    ),
    ProblemType(
        "position-swapped",
        404,
        "Latitude and longitude seem to have changed places",
        "`near` takes the latitude first. As it stands the position is some 1,000 km or more from the country; "
        "exchanged, as in `suggestions`, it is inside.",
        ("typed", "suggestions"),
    ),
    ProblemType(
        "position-outside-earth",
        404,
        "There is no such position",
        "Latitude goes from -90 to 90 and longitude from -180 to 180 degrees, in that order.",
    ),
    ProblemType(
        "office-unknown", 404, "No office has that slug", "GET /api/v1/offices lists them.", ("office",)
    ),
    ProblemType(
        "service-unknown", 404, "No service has that code", "GET /api/v1/services lists them.", ("service",)
    ),
    ProblemType(
        "guidance-unknown",
        404,
        "No paper of this service has that code",
        "GET /api/v1/services/CODE/papers lists them; a country may follow after a full stop. Without it "
        "everything can be booked too.",
        ("guidance",),
    ),
    ProblemType(
        "slot-unknown",
        409,
        "No slot of this office and service begins then",
        "Take `starts_at` from the office's slots.",
    ),
    ProblemType(
        "appointment-unknown",
        404,
        "There is no such appointment",
        "The reference or the secret is wrong: which of the two is not said.",
    ),
    ProblemType(
        "hold-unknown",
        404,
        "No seats are held under that text",
        "The hold was given back, ran out, or was turned into appointments.",
    ),
    ProblemType(
        "method-not-allowed", 405, "This address does not take that method", "The header Allow lists them."
    ),
    ProblemType(
        "slot-taken",
        409,
        "The last places were taken by somebody else",
        "Read the office's slots again and choose another.",
    ),
    ProblemType(
        "slot-past",
        409,
        "It is too late to book this start",
        "It is past, or nearer than the lead time. Choose a later one.",
    ),
    ProblemType(
        "already-booked",
        409,
        "This person cannot be given another appointment for this service",
        "One person has one active appointment for a service. Nothing is said of the other one: its own "
        "contact is written to, and can see, move or cancel it. Without its code the office helps, and can "
        "release a document that somebody else used. A key of the scope `operator` is told which one it is, "
        "at the offices that it reaches: `appointment`.",
        ("appointment",),
    ),
    ProblemType(
        "invalid-citizen",
        409,
        "The citizen's details have the right form and cannot be true",
        "A telephone number too short for its country, an e-mail domain that no mail reaches: `errors`.",
        ("errors",),
    ),
    ProblemType(
        "office-closed",
        409,
        "The office takes no appointments then",
        "It is announced, suspended or closed (`office_status`), or begins to attend on `opens_on`.",
        ("office_status", "opens_on"),
    ),
    ProblemType(
        "service-not-offered",
        409,
        "The office does not give appointments for this service",
        "GET /api/v1/offices?service=CODE lists those that may.",
    ),
    ProblemType(
        "nothing-to-change",
        409,
        "The appointment can no longer be changed",
        "It has ended, or its time has come.",
    ),
    ProblemType(
        "idempotency-key-reused",
        409,
        "This Idempotency-Key came before with another request",
        "Use a new key for each appointment.",
    ),
    ProblemType(
        "days-out-of-range",
        409,
        "These days cannot be answered",
        "`to` must not be before `from`, 62 days can be asked at once, years go from 2000 to 2199.",
        ("reason",),
    ),
    ProblemType(
        "appointment-cancelled",
        404,
        "The appointment was cancelled",
        "Its seat was given back; nothing more can be done with it. `appointment` says what it was.",
        ("appointment",),
    ),
    ProblemType(
        "hold-expired",
        410,
        "The hold ran out and its seats are gone",
        "Take another hold, or book without one.",
    ),
    ProblemType(
        "precondition-failed",
        412,
        "The answer is not the one that If-Match names",
        "Leave If-Match out. To ask whether anything changed, send If-None-Match.",
    ),
    ProblemType(
        "body-too-large", 413, "The body is too large", "A booking has under 2 KB; 16 KB is the limit."
    ),
    ProblemType(
        "media-type-unsupported",
        415,
        "The body is not declared as JSON",
        "Send the header Content-Type: application/json.",
    ),
    ProblemType(
        "invalid-input",
        422,
        "Some of it does not fit",
        "`errors` says of each field where it is, a stable code, and why.",
        ("errors",),
    ),
    ProblemType(
        "too-many-requests", 429, "Too many requests", "Wait for as many seconds as Retry-After says."
    ),
    ProblemType(
        "internal-error",
        500,
        "Something failed on our side",
        "Nothing was changed. Try again later; a retry with the same Idempotency-Key is safe.",
    ),
    ProblemType(
        "unavailable",
        503,
        "The service is resting",
        "Try again in a minute; a retry with the same Idempotency-Key is safe.",
    ),
)
PROBLEMS: Mapping[str, ProblemType] = {each.name: each for each in _LISTED}

# A refusal whose name below the doors is not the one that programs were promised.
_OTHER_NAMES = {"submission-reused": "idempotency-key-reused"}


def name_of(refusal: Refusal) -> str:
    """The public name of a refusal, the last part of `type`."""
    return _OTHER_NAMES.get(refusal.name, refusal.name)
