"""Bad inputs that a machine makes up, put together from ours and from noise: HOSTILE_REQUESTS asks for more."""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.addresses import addresses, names
from tests.hostile.conftest import Attack
from tests.hostile.inputs import BODIES, HEADERS, MEDIA_TYPES, VALUES
from tests.hostile.stage import Live
from tests.hostile.wire import query

EACH = int(os.environ.get("HOSTILE_REQUESTS", "100"))
ours = settings(
    max_examples=EACH,
    database=None,
    derandomize="HOSTILE_REQUESTS" not in os.environ,  # `make test` says the same each time
    suppress_health_check=list(HealthCheck),
)
values = st.one_of(st.sampled_from(VALUES), st.binary(max_size=60), st.text(max_size=40).map(str.encode))
headers = st.lists(st.sampled_from(HEADERS), max_size=3, unique_by=lambda each: each[0])
bodies = st.one_of(st.sampled_from(BODIES), st.binary(max_size=200))


@ours
@given(data=st.data())
def test_no_address_and_no_headers_break_it(live: Live, attack: Attack, data: st.DataObject) -> None:
    address = data.draw(st.sampled_from(addresses(live, "GET")))
    path = address.path(**{name: data.draw(values) for name in address.takes if data.draw(st.booleans())})
    read = address.reads or names(live.app)
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(read), values), max_size=5))
    asked = query([*address.spoiling(pairs), *pairs])
    (answer,) = attack([address.asked(f"{path}?{asked}", headers=data.draw(headers))], by_server=True)
    assert answer.status < 500


@ours
@given(data=st.data())
def test_no_form_and_no_body_break_it(live: Live, attack: Attack, data: st.DataObject) -> None:
    address = data.draw(st.sampled_from(addresses(live, "POST")))
    if data.draw(st.booleans()) and not address.of_program:
        pairs = data.draw(st.lists(st.tuples(st.sampled_from(names(live.app)), values), max_size=8))
        asked = address.form(pairs)
    else:
        media = ("Content-Type", data.draw(st.sampled_from(MEDIA_TYPES)))
        asked = address.asked(headers=(media,), body=data.draw(bodies))
    (answer,) = attack([asked])
    assert answer.status < 500
