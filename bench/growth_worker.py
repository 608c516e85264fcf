"""One size of a growing country in a process of its own: answers a question so many times and says how long it took.

`bench.growth` starts it and writes lines of JSON, `{"ask": NAME, "times": 10}`; each is answered by one.
The time is that of the whole application (WSGI), without sockets; what is sent to the database is counted.
"""

import json
import os
import re
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from bench.peers.ours import SERVICE, System
from consular import create_app
from consular.config import Config
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.schedule import known_free
from consular.web.kept_answers import install_kept_answers

# The same offices are looked at whatever the size of the country, and they are the same in each.
LOOKED_AT = 20
MONTH = timedelta(days=30)
TOWNS = ("Caraz", "Cusco", "Huancané", "Pucallpa", "Tumbes", "Ica", "Jauja", "Moyobamba")
TYPED = ("ca", "cus", "huan", "pucal", "tum", "ica", "jau", "moyob", "san", "santa ros")
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SET ")
WORD = "a-clerk-of-the-benchmark-7"
NEAREST = "nearest offices"
KEPT = ", kept "
BOOKING = "booking (API)"
CHANGED = "the first answer after a published fact changed"
FIRST_CITIZEN = 30_000_000


@dataclass
class Asker:
    """A client of one application, and what it asks under each name."""

    app: Flask
    key: str
    client: FlaskClient
    sent: list[str] = field(default_factory=list)
    paths: dict[str, Iterator[str]] = field(default_factory=dict)
    bookings: Iterator[str] = iter(())

    def ask(self, name: str, times: int) -> dict[str, list[float]]:
        """Milliseconds and statements of each of so many requests; one before them is not measured.

        Every answer is made anew, except under a name that says it was kept.
        """
        # No minute begins meanwhile, so that what is kept stays.
        with clock.stopped(clock.now()) if KEPT in name else nullcontext():
            return self._ask(name, times)

    def _ask(self, name: str, times: int) -> dict[str, list[float]]:
        taken: list[float] = []
        statements: list[float] = []
        for number in range(times + 1):
            if name == CHANGED:
                self._touch()
            if KEPT not in name:
                install_kept_answers(self.app)
                with self.app.app_context():
                    known_free.forget()
            self.sent.clear()
            began = time.perf_counter()
            self._request(name)
            if number:
                taken.append((time.perf_counter() - began) * 1000)
                statements.append(len(self.sent))
        return {"ms": taken, "statements": statements}

    def _request(self, name: str) -> None:
        if name == BOOKING:
            headers = {"Authorization": f"Bearer {self.key}"}
            answer = self.client.post(
                "/api/v1/appointments",
                data=next(self.bookings),
                content_type="application/json",
                headers=headers,
            )
            expected = 201
        else:
            answer, expected = self.client.get(next(self.paths[name])), 200
        if answer.status_code != expected:
            raise RuntimeError(f"{name}: {answer.status_code}\n{answer.text[:2000]}")

    def _touch(self) -> None:
        with self.app.app_context(), transaction() as session:
            session.execute(text("UPDATE region SET name = name"))

    def json(self, path: str) -> Any:
        """The content of an answer of the API; None when it is refused."""
        answer = self.client.get(path)
        return answer.get_json() if answer.status_code == 200 else None


def questions(asker: Asker) -> None:
    """Prepare every question for the offices that all sizes have in common."""
    today = date.fromisoformat(asker.json("/api/v1/offices?limit=1")["as_of"][:10])
    slots = list(_slots(asker, today))
    slugs = sorted({slug for slug, _ in slots})
    if len(slugs) < 2:
        raise RuntimeError("too few offices with free places among those that every size has")
    month = f"service={SERVICE}&from={today}&to={today + MONTH}"
    asked = {
        "a month (HTML)": [f"/es/oficinas/{slug}/cita?service={SERVICE}" for slug in slugs],
        "a month, day totals (JSON)": [f"/api/v1/offices/{slug}/days?{month}" for slug in slugs],
        "a month, every slot (JSON)": [f"/api/v1/offices/{slug}/slots?{month}" for slug in slugs],
        "an office's page": [f"/es/oficinas/{slug}?service={SERVICE}" for slug in slugs],
        "suggestions while typing": [
            f"/es/lugares?{urllib.parse.urlencode({'q': typed})}" for typed in TYPED
        ],
    }
    for sort in ("distance", "soonest", "within-reach"):
        near = [urllib.parse.urlencode({"near": t, "service": SERVICE, "sort": sort}) for t in TOWNS]
        asked[f"{NEAREST}, {sort} (HTML)"] = [f"/es/oficinas?{each}" for each in near]
        asked[f"{NEAREST}, {sort} (JSON)"] = [f"/api/v1/offices?{each}&limit=10" for each in near]
    for name in ("a month, every slot (JSON)", f"{NEAREST}, distance (JSON)"):
        asked[name.replace(" (", f"{KEPT}(")] = asked[name][:1]
    # The page asks for the closures whatever offices are near; of the other form a few requests may all do without.
    asked[CHANGED] = asked[f"{NEAREST}, distance (HTML)"]
    # Today may be a Sunday, or nearly over, and asks for the next free place besides: each is a question of its own.
    screen = f"/desk/offices/{slugs[0]}/today"
    ahead = min(day for _, starts_at in slots if (day := starts_at[:10]) > str(today + timedelta(days=1)))
    asked["today's screen"] = [screen]
    asked["the screen of a day ahead"] = [f"{screen}?day={ahead}"]
    asker.paths = {name: cycle(paths) for name, paths in asked.items()}
    # From the far end of the calendar, so that what is free next stays as it is.
    latest = sorted(slots, key=lambda slot: (slot[1], slot[0]), reverse=True)
    bookings = System("", asker.key, slugs, today, today).bookings(latest, FIRST_CITIZEN)
    asker.bookings = (request.body for request in bookings)
    _sign_in(asker, slugs[0])


def _slots(asker: Asker, today: date) -> Iterator[tuple[str, str]]:
    """(office, start) of everything that is free at the offices which all sizes have."""
    asked = f"service={SERVICE}&from={today}&to={today + 2 * MONTH}"
    for number in range(1, LOOKED_AT + 1):
        slug = f"office-{number:05}"
        found = asker.json(f"/api/v1/offices/{slug}/slots?{asked}")
        yield from ((slug, each["starts_at"]) for each in (found or {"slots": []})["slots"])


def _sign_in(asker: Asker, slug: str) -> None:
    made = asker.app.test_cli_runner().invoke(
        args=[
            "staff",
            "create",
            "clerk@example.pe",
            "--name",
            "A clerk",
            "--office",
            slug,
            "--password",
            WORD,
        ]
    )
    if made.exit_code:
        raise RuntimeError(made.output)
    page = asker.client.get("/desk/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    form = {"csrf_token": token[1], "email": "clerk@example.pe", "password": WORD}
    asker.client.post("/desk/sign-in", data=form)


def memory() -> dict[str, float]:
    """Megabytes of this process: all of it, and with what it shares divided (PSS)."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.endswith("kB")}
    return {"rss": sizes["Rss"], "pss": sizes["Pss"]}


def main() -> None:
    """Answer questions until there are no more."""
    app = create_app(Config.from_environment(os.environ))
    asker = Asker(app, os.environ["GROWTH_KEY"], app.test_client())

    def note(connection: object, cursor: object, statement: str, *others: object) -> None:
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            asker.sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    questions(asker)
    print(json.dumps([*asker.paths, BOOKING]), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = memory() if asked["ask"] == "memory" else asker.ask(asked["ask"], asked["times"])
        print(json.dumps(answer), flush=True)
    with app.app_context():
        db.engine.dispose()


if __name__ == "__main__":
    main()
