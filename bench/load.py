"""Sends requests to a server on loopback as fast as it answers, with wrk, and reads what came of them."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

GET_WRK = "bench needs wrk, a load generator: apt-get install wrk"
THREADS = 2

# wrk runs this in each of its threads. What may be sent once only is shared out among them.
_SCRIPT = """
local started, threads = 0, {}
function setup(thread)
  thread:set("place", started)
  table.insert(threads, thread)
  started = started + 1
end
function init(args)
  lines, sent, exhausted, statuses, led = {}, 0, 0, {}, {}
  local n = 0
  for line in io.lines("REQUESTS") do
    if REPEATED or n % THREADS == place then table.insert(lines, line) end
    n = n + 1
  end
end
function request()
  if #led > 0 then return wrk.format("POST", table.remove(led, 1), nil, FOLLOWING_BODY) end
  sent = sent + 1
  if sent > #lines then
    if not REPEATED then exhausted = 1 end
    sent = 1
  end
  local path, body = string.match(lines[sent], "^(%S+)\\t(.*)$")
  if body == "" then return wrk.format("GET", path) end
  return wrk.format("POST", path, nil, body)
end
function response(status, headers)
  statuses[status] = (statuses[status] or 0) + 1
  local to = FOLLOWING_PATH and headers["Location"]
  if to and string.find(to, FOLLOWING_PATH, 1, true) then table.insert(led, to) end
end
function done(summary, latency)
  local counted, exhausted = {}, 0
  for _, thread in ipairs(threads) do
    exhausted = exhausted + thread:get("exhausted")
    for status, count in pairs(thread:get("statuses")) do counted[status] = (counted[status] or 0) + count end
  end
  local parts = {}
  for status, count in pairs(counted) do table.insert(parts, string.format('"%d":%d', status, count)) end
  local errors = summary.errors
  io.write(string.format('\\nRESULT {"microseconds":%d,"bytes":%d,"p50":%d,"p95":%d,"p99":%d,',
    summary.duration, summary.bytes, latency:percentile(50), latency:percentile(95), latency:percentile(99)))
  io.write(string.format('"broken":%d,"exhausted":%d,"statuses":{%s}}\\n',
    errors.connect + errors.read + errors.write + errors.timeout, exhausted, table.concat(parts, ",")))
end
"""


class TooFewRequests(Exception):
    """The server answered faster than there were different requests to send."""


@dataclass(frozen=True)
class Load:
    """What came of a run: answers by status, seconds it took, latencies in milliseconds, bytes received."""

    statuses: Mapping[int, int]
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    received: int
    broken: int

    def rate(self, status: int = 200) -> float:
        """Answers with that status, a second."""
        return self.statuses.get(status, 0) / self.seconds

    @property
    def refused(self) -> int:
        """Answers that say no."""
        return sum(count for status, count in self.statuses.items() if 400 <= status < 500)

    @property
    def unexpected(self) -> int:
        """Server errors, and connections that broke or gave no answer in time."""
        return self.broken + sum(count for status, count in self.statuses.items() if status >= 500)


@dataclass(frozen=True)
class Request:
    """A GET of a path, or with a body a POST of it."""

    path: str
    body: str = ""


def send(
    origin: str,
    requests: Sequence[Request],
    *,
    seconds: int,
    connections: int = 8,
    headers: Mapping[str, str] | None = None,
    repeated: bool = True,
    following: Request | None = None,
) -> Load:
    """Keep `connections` busy with those requests for that time.

    Args:
        origin: `http://127.0.0.1:PORT`.
        requests: sent in their order, and from the beginning again when `repeated`.
        following: its body is posted, before any other request, to each address that an answer leads to with its
            path in it: the second form of two. Both answers are counted.

    Raises:
        FileNotFoundError: there is no wrk on this machine.
        TooFewRequests: all were sent before the time was over, and they may not be repeated.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise FileNotFoundError(GET_WRK)
    with tempfile.TemporaryDirectory(prefix="consular-bench-") as folder:
        listed, script = Path(folder, "requests"), Path(folder, "send.lua")
        listed.write_text("".join(f"{each.path}\t{each.body}\n" for each in requests), encoding="utf-8")
        script.write_text(_script(listed, repeated, following), encoding="utf-8")
        command = [wrk, f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"]
        for name, value in (headers or {}).items():
            command += ["-H", f"{name}: {value}"]
        run = subprocess.run(
            [*command, "-s", str(script), origin],
            capture_output=True,
            text=True,
            timeout=seconds + 60,
            check=False,
        )
    lines = [line for line in run.stdout.splitlines() if line.startswith("RESULT ")]
    if run.returncode or not lines:
        raise RuntimeError(f"wrk failed:\n{run.stdout}{run.stderr}")
    return _read(json.loads(lines[0].removeprefix("RESULT ")))


def _script(listed: Path, repeated: bool, following: Request | None) -> str:
    # A string of JSON without anything outside ASCII is one of Lua too, and its false stands for "none".
    return (
        _SCRIPT.replace("REQUESTS", str(listed))
        .replace("THREADS", str(THREADS))
        .replace("REPEATED", json.dumps(repeated))
        .replace("FOLLOWING_PATH", json.dumps(following is not None and following.path))
        .replace("FOLLOWING_BODY", json.dumps(following is not None and following.body))
    )


def _read(result: dict[str, int | dict[str, int]]) -> Load:
    numbers = {name: value for name, value in result.items() if isinstance(value, int)}
    statuses = result["statuses"]
    assert isinstance(statuses, dict)
    if numbers["exhausted"]:
        raise TooFewRequests(f"all were sent before the time was over: {sum(statuses.values())} answered")
    return Load(
        statuses={int(status): count for status, count in statuses.items()},
        seconds=numbers["microseconds"] / 1e6,
        p50_ms=numbers["p50"] / 1e3,
        p95_ms=numbers["p95"] / 1e3,
        p99_ms=numbers["p99"] / 1e3,
        received=numbers["bytes"],
        broken=numbers["broken"],
    )
