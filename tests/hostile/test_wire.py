"""What is hardly HTTP: lies about lengths, raw bytes, two requests in one. It ends, and nobody else notices."""

import pytest

from tests.hostile.conftest import crashes
from tests.hostile.stage import Live, ledger
from tests.hostile.wire import Asked, Wire, shout

HOST = b"Host: localhost\r\n"
FORM = b"POST /es/mi-cita HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
CALL = b"POST /api/v1/holds HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def get(target: bytes, *more: bytes, version: bytes = b"HTTP/1.1") -> bytes:
    return (
        b"GET "
        + target
        + b" "
        + version
        + b"\r\n"
        + HOST
        + b"".join(line + b"\r\n" for line in more)
        + b"\r\n"
    )


WORDS = {
    "half a surrogate in the path": get(b"/es/oficinas/\xed\xa0\x80"),
    "half a surrogate in the query": get(b"/es/oficinas?near=\xed\xb0\x80&service=\xff"),
    "raw letters": get("/es/oficinas?near=Áncash&service=ñ".encode()),
    "a raw NUL in the path": get(b"/es/oficinas/a\x00b"),
    "controls in the path": get(b"/es/\x1b[31m\x07\x7f"),
    "a raw NUL in a header": get(b"/es", b"Accept-Language: e\x00s"),
    "half a surrogate in every header": get(
        b"/api/v1/offices",
        *(
            name + b": \xed\xa0\x80\xff"
            for name in (b"Accept-Language", b"Authorization", b"If-None-Match", b"Cookie")
        ),
    ),
    "half a surrogate in a key": CALL + b"Authorization: Bearer \xed\xa0\x80\r\nContent-Length: 2\r\n\r\n{}",
    "a header in two lines": get(b"/es", b"Accept-Language: es", b"  , en"),
    "a header with no name": get(b"/es", b": x"),
    "a space in a header's name": get(b"/es", b"Accept Language: es"),
    "no colon": get(b"/es", b"Accept-Language"),
    "ten thousand letters in a header": get(b"/es", b"Cookie: a=" + b"x" * 10_000),
    "three hundred headers": get(b"/es", *(b"X-%d: y" % number for number in range(300))),
    "a line without end": b"GET /" + b"x" * 70_000,
    "only line feeds": b"GET /es HTTP/1.1\nHost: localhost\n\n",
    "only carriage returns": b"GET /es HTTP/1.1\rHost: localhost\r\r",
    "no host": b"GET /es HTTP/1.1\r\n\r\n",
    "two hosts": get(b"/es", b"Host: evil.example"),
    "another's address": get(b"http://evil.example/es"),
    "no address": get(b"*"),
    "an address and a half": get(b"/es /en"),
    "HTTP/0.9": b"GET /es\r\n",
    "HTTP/9.9": get(b"/es", version=b"HTTP/9.9"),
    "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "nothing": b"",
    "empty lines": b"\r\n" * 50,
    "noise": bytes(range(256)) * 20,
    "more is promised than comes": FORM + b"Content-Length: 5000\r\n\r\nreference=K7QM",
    "less is promised than comes": FORM + b"Content-Length: 3\r\n\r\na=b" + get(b"/es/acerca"),
    "a negative length": FORM + b"Content-Length: -1\r\n\r\na=b",
    "a length in words": FORM + b"Content-Length: ten\r\n\r\na=b",
    "a length with a sign": FORM + b"Content-Length: +3\r\n\r\na=b",
    "a huge length": FORM + b"Content-Length: 99999999999999999999\r\n\r\na=b",
    "two lengths": FORM + b"Content-Length: 3\r\nContent-Length: 30\r\n\r\na=b",
    "a length and chunks": FORM + b"Content-Length: 3\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + get(b"/es/acerca"),
    "chunks and something else": FORM + b"Transfer-Encoding: chunked, x\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
    "a chunk of no size": FORM + CHUNKED + b"\r\nzz\r\na=b\r\n0\r\n\r\n",
    "a chunk of huge size": FORM + CHUNKED + b"\r\nffffffffffffffff\r\na=b",
    "a chunk of no size for a program": CALL
    + b"Authorization: Bearer KEY\r\n"
    + CHUNKED
    + b"\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a chunk that is longer": FORM + CHUNKED + b"\r\n1\r\na=b\r\n0\r\n\r\n",
    "a chunk that stops": CALL + CHUNKED + b'\r\n20\r\n{"office":"cusco"',
    "chunks that are right": CALL + CHUNKED + b"\r\n2\r\n{}\r\n0\r\n\r\n",
    "who waits to be asked": FORM + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\na=b",
    "who expects something else": FORM + b"Expect: a-miracle\r\nContent-Length: 3\r\n\r\na=b",
    "twenty at once": get(b"/es/oficinas/atlantis") * 20,
}
# RFC 9112, 6.1: a server that does not know a transfer coding says 501.
NOT_SPOKEN = {"chunks and something else"}


@pytest.mark.parametrize("words", WORDS)
def test_what_is_hardly_http_ends_without_a_crash(live: Live, words: str) -> None:
    told = len(live.log)
    (key,) = (value.encode() for name, value in live.program.headers if name == "Authorization")
    said = shout(live.port, WORDS[words].replace(b"Bearer KEY", key))
    statuses = [line.split(b" ", 2)[1] for line in said.split(b"\r\n") if line.startswith(b"HTTP/1.")]
    assert said == b"" or statuses, said[:200]
    if words in NOT_SPOKEN:
        statuses.remove(b"501")
    assert all(b"100" <= status < b"500" for status in statuses), said[:500]
    assert crashes(live.log[told:]) == []


def test_afterwards_everybody_else_is_served_as_before(live: Live) -> None:
    """The last of this module: all of it has been said by now."""
    wire = Wire(live.port)
    assert wire.send(Asked("GET", "/readyz")).status == 200
    wire.close()
    assert ledger(live.app).findings == ()
