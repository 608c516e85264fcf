"""What no person means to send: the inputs that every page and every call must answer with a reason."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

LONG = b"x" * 10_000

DATES = (
    *(
        b"2026-02-30",
        b"2025-02-29",
        b"2026-13-01",
        b"2026-00-10",
        b"2026-12-32",
        b"0000-01-01",
        b"0001-01-01",
    ),
    *(b"9999-12-31", b"10000-01-01", b"-2026-12-01", b"2026-W49-1", b"2026-335", b"20261201", b"01/12/2026"),
    *(b"2026-12-01T25:00Z", b"2026-12-01T14:60Z", b"2026-12-01T14:00:61Z", b"2026-12-01T14:00+99:99", b"hoy"),
    *(b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", "2026-12-0\u0661".encode(), b"T14:00Z"),
    *(b"2020-01-06T14:00Z", b"1970-01-01T00:00Z", b"2199-12-31T14:00Z", b"2026-12-01 14:00", b"1e10", b"Z"),
)
NUMBERS = (
    *(b"-1", b"0", b"1", b"007", b"+1", b"1_000", b"1.5", b"1e999", b"-0", b"NaN", b"Infinity", b"0x10"),
    *(b"9223372036854775808", b"-9223372036854775809", b"9" * 400, "\u0663".encode(), "²".encode()),
)
POSITIONS = (
    *(b"91,0", b"-90.0001,0", b"0,181", b"0,-1e9", b"NaN,NaN", b"1e400,1e400", b"inf,-inf", b",", b"1,2,3"),
    *(b"-13.5,", b",-71.9", b"-13.5 -71.9", b"0,0", b"90,180", b"-13,5;-71,9"),
)
TEXTS = (
    *(b"", b" ", b"\t\r\n", LONG, b"a" * 7000, "ñ".encode() * 3000, b"atlantis", b"null", b"undefined"),
    *(
        b"'; DROP TABLE appointment; --",
        b"' OR '1'='1",
        b'" OR ""="',
        b"1; SELECT pg_sleep(30)",
        b"%",
        b"_%\\",
    ),
    *(b"<script>alert(1)</script>", b'"><img src=x onerror=alert(1)>', b"{{7*7}}", b"{% for %}", b"${7*7}"),
    *(b"%(num)d %s %n", b"{0.__class__}", b"../../../etc/passwd", b"..\\..\\", b"C:\\", b"//evil.example/"),
    *(b"https://evil.example/", b"javascript:alert(1)", b"\r\nX-Evil: 1\r\n\r\nhi", b"\nSet-Cookie: a=b"),
)
LETTERS = (
    *(
        b"\x00",
        b"a\x00b",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xed\xb0\x80",
        b"\xc3",
        b"\xc0\xaf",
        b"\xf8\x88\x80\x80\x80",
    ),
    *(
        "\u202egnp.\u202d".encode(),
        "\u200b".encode(),
        "\ufeff".encode(),
        "\U0001f600".encode(),
        "\ufffe".encode(),
    ),
    *("e\u0301".encode() * 200, "\u0130\u0131\u1e9e".encode(), "\ufdfa".encode() * 100, b"\x1b[31m", b"\x7f"),
)
VALUES: tuple[bytes, ...] = DATES + NUMBERS + POSITIONS + TEXTS + LETTERS

# What is put behind an address that takes no value of its own.
SUFFIXES = (
    *("/", "//", "/x", "/%00", "/..%2f..%2fetc", "/%2e%2e/", ";a=b", "%20", "%", "%zz", "/%ED%A0%80"),
    *("?", "??", "?&&&=&", "?a", "?=b", "?%00=1", "?" + "a=b&" * 900, "?csrf_token=x", "?_method=DELETE"),
    *("?language=xx", "?language=es&language=en", "?slug=x", "?_external=1&_scheme=javascript&_anchor=x"),
)

METHODS = (
    *(
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "TRACE",
        "PROPFIND",
        "LOCK",
        "BREW",
        "PURGE",
    ),
)

HEADERS: tuple[tuple[str, str | bytes], ...] = (
    *(
        ("Accept-Language", value)
        for value in ("xx-YY", "*", "es;q=NaN", "q=1,,;;", "a" * 5000, "ay,qu", "es_PE")
    ),
    *(
        ("Accept-Language", b"\xff\xfe\x00"[:2]),
        ("Accept-Language", "es-" + "x-" * 500),
        ("Accept", "image/x;q=9"),
    ),
    *(
        ("Authorization", value)
        for value in ("Bearer", "Bearer  ", "Basic OjpAOg==", "Bearer " + "x" * 5000, ":")
    ),
    *(
        ("Authorization", b"Bearer \xff\xfe"),
        ("Authorization", "Bearer ñ"),
        ("Authorization", "Negotiate YII="),
    ),
    *(
        ("Idempotency-Key", value)
        for value in ("", " ", "x" * 5000, "' OR 1=1 --", b"\xff\xed\xa0\x80", "a b")
    ),
    *(("If-None-Match", value) for value in ("*", '"', 'W/"', "x" * 5000, b"\xff", '"a", "b", W/"c"')),
    *(
        ("If-Modified-Since", "Thu, 99 Foo 9999 99:99:99"),
        ("If-Match", "x"),
        ("Range", "bytes=-1,9-0,x"),
        ("If-Range", "?"),
    ),
    *(
        ("X-Forwarded-For", value)
        for value in ("", ",", "unknown", "::1%eth0", "x" * 5000, "1.2.3.4, <b>", b"\xff")
    ),
    *(
        ("X-Forwarded-Proto", "javascript"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Prefix", "/evil"),
    ),
    *(
        ("X-Forwarded-Port", "99999999"),
        ("X-Forwarded-Host", "a b<script>"),
        ("Forwarded", "for=_x;host=evil.example"),
    ),
    *(
        ("Host", "evil.example"),
        ("Host", "a:b:c"),
        ("Host", "[::"),
        ("Host", "localhost:99999"),
        ("Host", "<script>"),
    ),
    *(
        ("Cookie", value)
        for value in ("draft=x", "draft=; appointments=;", "session=.eJw", "=;=;;", "a=" + "x" * 7000)
    ),
    *(
        ("Cookie", b"draft=\xff\xed\xa0\x80"),
        ("Cookie", 'session="\\400"'),
        ("Cookie", "draft=gAAAAA" + "A" * 3000),
    ),
    *(
        ("Referer", "javascript:alert(1)"),
        ("Origin", "null"),
        ("Content-Type", "x" * 5000),
        ("Content-Encoding", "gzip"),
    ),
    *(("X-Appointment-Secret", value) for value in ("", "x" * 5000, b"\xff\xed\xa0\x80", "' OR 1=1 --", "ñ")),
    *(
        ("X-HTTP-Method-Override", "DELETE"),
        ("Accept-Encoding", "gzip;q=x, br;q=9"),
        ("Accept-Encoding", "*;q=0"),
    ),
    *(
        ("Accept-Charset", "x"),
        ("TE", "x"),
        ("Upgrade", "h2c"),
        ("Via", "x"),
        ("User-Agent", ""),
        ("DNT", "\t"),
    ),
)

MEDIA_TYPES = (
    *(
        "",
        "text/plain",
        "text/html",
        "application/xml",
        "application/octet-stream",
        "application",
        "a/b/c",
        "*/*",
    ),
    *(
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/json",
    ),
    *(
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
        "multipart/mixed",
    ),
    *(
        "application/x-www-form-urlencoded",
        "application/problem+json",
        "image/svg+xml",
        "text/csv; header=absent",
    ),
)

# Bodies that are no form and no JSON, or one that means two things at once.
BODIES: tuple[bytes, ...] = (
    *(
        b"",
        b" ",
        b"{",
        b"}",
        b"[]",
        b"null",
        b"true",
        b"0",
        b'"x"',
        b"{}",
        b"{} {}",
        b"{,}",
        b"{'a':1}",
        b"\x00",
    ),
    *(b'{"office":"cusco","office":"tacna"}', b'{"a":1,}', b"// {}", b"NaN", b'{"a":NaN}', b'{"a":Infinity}'),
    *(
        b"\xef\xbb\xbf{}",
        '{"office":"cusco"}'.encode("utf-16"),
        '{"office":"cusco"}'.encode("utf-32"),
        b"\xff\xfe",
    ),
    *(b'{"office":"\xed\xa0\x80"}', b'{"office":"\\ud800"}', b'{"office":"\\u0000"}', b'{"office":"\xff"}'),
    *(
        b"[" * 15_000,
        b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
        b'{"starts_at":' + b"9" * 5000 + b"}",
        b'{"a":1e99999}',
    ),
    *(
        b"&" * 1000,
        b"=" * 1000,
        b"%" * 1000,
        b"a=%zz&%=&=%",
        b"a=b&" * 5000,
        b"csrf_token=\xff",
        b"start=\xed\xa0\x80",
    ),
    *(
        b"--x\r\n\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
        b"--x--",
        b"--\r\n\r\nb\r\n----\r\n",
    ),
    *(
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="../b"\r\n\r\nb\r\n--x--\r\n',
        b"x" * 70_000,
    ),
    *(b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
)

# In place of each part of a right JSON body. MISSING takes the part away.
MISSING = object()
PARTS: tuple[Any, ...] = (
    *(
        MISSING,
        None,
        True,
        -1,
        0,
        10**30,
        1.5,
        1e308,
        "",
        " ",
        "x" * 10_000,
        "2026-02-30",
        "2020-01-06T14:00:00Z",
    ),
    *(
        "9999-12-31T23:59:59-14:00",
        "'; DROP TABLE seat; --",
        "<script>alert(1)</script>",
        "\ud800",
        "\x00",
        [],
        {},
    ),
    *(
        [[]],
        {"a": {}},
        "atlantis",
        "\u202e",
        "ñ" * 121,
        "+51",
        "@",
        "a@b",
        "１２３４５６７８",
        ["cusco"],
        {"$ne": ""},
    ),
)


def spoiled(body: dict[str, Any]) -> Iterator[bytes]:
    """The body with each of its parts exchanged for each of PARTS, as JSON."""
    for path in _paths(body):
        for part in PARTS:
            changed = deepcopy(body)
            inner = changed
            for step in path[:-1]:
                inner = inner[step]
            if part is MISSING:
                del inner[path[-1]]
            else:
                inner[path[-1]] = part
            yield json.dumps(changed).encode()


def _paths(body: dict[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in body.items():
        yield (*before, name)
        if isinstance(value, dict):
            yield from _paths(value, (*before, name))
