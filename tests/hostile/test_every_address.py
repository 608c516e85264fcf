"""Our own bad inputs on every page and call of a real server: a reason in the right language, never a crash.

`make test` gives each address some of the inputs, so that together they get all; `make prove` gives all to each.
"""

from tests.hostile.addresses import Address, addresses, names
from tests.hostile.conftest import Attack, some
from tests.hostile.inputs import BODIES, HEADERS, MEDIA_TYPES, METHODS, SUFFIXES, VALUES, spoiled
from tests.hostile.stage import Live
from tests.hostile.wire import Asked, query

JSON = (("Content-Type", "application/json"),)


def test_there_is_something_to_attack(live: Live) -> None:
    listed = addresses(live)
    assert len(listed) > 60
    assert {each.rule.rule for each in listed} == {rule.rule for rule in live.app.url_map.iter_rules()}
    assert len(names(live.app)) > 30


def test_those_who_are_let_in_are_let_in(live: Live, attack: Attack) -> None:
    """Else nothing of what follows would reach the code behind the guards."""
    start = f"?service=apostille&start={live.start}"
    paths = (
        *(f"/es/mi-cita/{live.mine}", f"/es/mi-cita/{live.mine}/cambiar", "/desk/offices/cusco/today"),
        *(f"/es/oficinas/cusco/cita/datos{start}", f"/en/offices/cusco/appointment/details{start}"),
    )
    known = {each.rule.rule.partition("<")[0]: each for each in addresses(live, "GET")}
    asked = [known["/desk/offices/" if path.startswith("/desk") else "/es"].asked(path) for path in paths]
    assert [answer.status for answer in attack(asked)] == [200] * len(paths)
    assert len(live.citizen.token) > 20
    assert len(live.clerk.token) > 20
    (hold,) = attack([_body(_calls(live)["/api/v1/holds"], b"{}")])
    assert hold.status == 422, "the key opens the door, and the body is what is wrong"


def test_in_the_path(live: Live, attack: Attack) -> None:
    requests = []
    for number, address in enumerate(addresses(live)):
        for value in some(number, list(VALUES), 6):
            requests += [address.asked(address.path(**{name: value})) for name in address.takes]
        requests += [address.asked(address.path() + suffix) for suffix in some(number, list(SUFFIXES), 3)]
    answers = attack(requests)
    assert {answer.status for answer in answers} >= {400, 404}


def test_in_the_query(live: Live, attack: Attack) -> None:
    known = names(live.app)
    requests = []
    for number, address in enumerate(addresses(live, "GET")):
        own = address.reads if address.of_program else known
        for turn, value in enumerate(some(number, list(VALUES), 8)):
            pairs = [(own[(number + turn * 7 + step) % len(own)], value) for step in (0, 1)[: len(own)]]
            right = address.spoiling(pairs) if address.of_program else [("service", b"apostille")]
            requests.append(address.asked(f"{address.path()}?{query([*right, *pairs])}"))
    attack(requests)
    assert len(requests) > 250


def test_unknown_parameters_of_calls(live: Live, attack: Attack) -> None:
    values = list(VALUES)
    requests = [
        address.asked(f"{address.path()}?{query([('servcie', values[number % len(values)])])}")
        for number, address in enumerate(addresses(live))
        if address.rule.endpoint.startswith("api_v1.")
    ]
    assert len(requests) > 12
    assert {answer.status for answer in attack(requests)} == {422}


def test_in_a_form(live: Live, attack: Attack) -> None:
    """With the right token, so that the values are read."""
    known = names(live.app)
    requests = []
    for number, address in enumerate(_forms(live)):
        for turn, value in enumerate(some(number, list(VALUES), 20)):
            pairs = [(known[(number + turn * 7 + step) % len(known)], value) for step in range(4)]
            requests.append(address.form(pairs))
    attack(requests)
    assert len(requests) > 150


def test_a_form_without_its_token_or_with_anothers(live: Live, attack: Attack) -> None:
    form = ("Content-Type", "application/x-www-form-urlencoded")
    foreign = ("Cookie", "session=eyJjc3JmX3Rva2VuIjoiYSJ9.aaaaaa.bbbbbb")
    requests = []
    for address in _forms(live):
        other = live.clerk if address.who is live.citizen else live.citizen
        for headers, token in (
            ((form,), ""),
            ((form,), "x" * 5000),
            ((form,), f"csrf_token={other.token}"),
            ((form, foreign), f"csrf_token={address.who.token}"),
            ((form,), f"csrf_token={address.who.token[:-1]}&csrf_token={address.who.token}"),
        ):
            requests.append(address.asked(headers=headers, body=token.encode()))
    answers = attack(requests)
    # Whose session is not known either is sent to sign in.
    assert {answer.status for answer in answers} <= {303, 400, 422}
    assert sum(answer.status == 400 for answer in answers) > len(answers) // 2


def test_wrong_methods(live: Live, attack: Attack) -> None:
    requests = []
    for number, address in enumerate(addresses(live)):
        if address.method == "DELETE" or "cancel" in address.rule.endpoint:
            continue  # these are right methods with nothing else to say
        requests += [address.asked(method=method) for method in some(number, list(METHODS), 4)]
    answers = attack(requests)
    refused = [answer for answer in answers if answer.status == 405]
    assert refused
    assert all(answer.headers["Allow"] for answer in refused)


def test_in_the_headers(live: Live, attack: Attack) -> None:
    requests = []
    for number, address in enumerate(addresses(live)):
        if address.method == "DELETE" or "cancel" in address.rule.endpoint:
            continue
        requests += [address.asked(headers=(header,)) for header in some(number, list(HEADERS), 8)]
    attack(requests, by_server=True)
    assert len(requests) > 200


def test_wrong_media_types_and_bodies(live: Live, attack: Attack) -> None:
    requests = []
    for number, address in enumerate(addresses(live)):
        for turn, body in enumerate(some(number, list(BODIES), 4)):
            media = MEDIA_TYPES[(number + turn) % len(MEDIA_TYPES)]
            requests.append(address.asked(headers=(("Content-Type", media),), body=body))
    attack(requests)
    calls = [each for each in addresses(live, "POST") if each.of_program]
    answers = attack(_body(call, body) for call in calls for body in BODIES)
    assert {answer.status for answer in answers} <= {400, 409, 413, 422, 404}


def test_every_part_of_a_right_body_spoiled(live: Live, attack: Attack) -> None:
    citizen = {
        "document_type": "dni",
        "document_number": "70007000",
        "given_names": "Rosa",
        "family_names": "Quispe",
        "email": "rosa@example.pe",
        "phone": "+51984000001",
        "language": "es",
    }
    errand = {"office": "cusco", "service": "apostille", "starts_at": live.start.replace("Z", ":00Z")}
    calls = _calls(live)
    requests = [
        _body(calls["/api/v1/appointments"], body, ("Idempotency-Key", f"spoiled-{number}"))
        for number, body in enumerate(spoiled({**errand, "documents": 1, "citizen": citizen}))
    ]
    requests += [_body(calls["/api/v1/holds"], body) for body in spoiled({**errand, "people": 1})]
    answers = attack(some(0, requests, 400))
    told = [answer for answer in answers if answer.status == 422]
    assert len(told) > len(answers) // 2
    assert all(b'"path"' in answer.body for answer in told), "each wrong field is named"


def _forms(live: Live) -> list[Address]:
    return [each for each in addresses(live, "POST") if not each.of_program]


def _calls(live: Live) -> dict[str, Address]:
    return {each.rule.rule: each for each in addresses(live, "POST") if each.of_program}


def _body(address: Address, body: bytes, *headers: tuple[str, str]) -> Asked:
    return address.asked(headers=(*JSON, *headers), body=body)
