"""Which appointments this browser may see: those it made, found with their document, or opened by their link."""

from flask import Response

from consular.web.visit import SealedCookie

# An hour, because many people use a shared computer; the message's link opens it again.
_SEEN = SealedCookie("appointments", 60 * 60)
_MOST = 10


def may_see(reference: str) -> bool:
    """Whether this browser has shown that the appointment is its own."""
    return reference in _SEEN.read().get("references", [])


def let_see(response: Response, reference: str) -> None:
    """Let this browser see an appointment for an hour; the latest ones are kept."""
    others = [other for other in _SEEN.read().get("references", []) if other != reference]
    _SEEN.write(response, {"references": [reference, *others][:_MOST]})


def forget_all(response: Response) -> None:
    """Let this browser see no appointment any more."""
    _SEEN.clear(response)
