"""What is in git: no third-party code, nothing that a build makes, no address of anybody's package mirror."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.house_rules.sources import ROOT

BUILT = re.compile(
    r"(^|/)(node_modules|vendor|\.venv[^/]*|instance|dist|build|__pycache__)/"
    r"|\.(mo|pyc|db|sqlite3?|min\.js|min\.css|woff2?|ttf|map|log|pem|key)$"
    r"|(^|/)(uv\.lock|poetry\.lock|\.env)$"
)
PINS = ("requirements.txt", "requirements-dev.txt", ".ci/uv.txt", ".ci/node.txt", "package-lock.json")
ADDRESS = re.compile(r"https?://|file://|--(?:extra-)?index-url|--find-links")
THIRD_PARTY = re.compile(
    r"Leaflet 1\.\d|GOVUKFrontend=|@license|@preserve|Copyright \(c\) .{0,40}(Inc|Google|Agafonkin)"
)
LARGEST_BYTES = 1_500_000


@pytest.fixture(scope="module")
def git_files() -> list[Path]:
    """Every file that git keeps, relative to the root."""
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [Path(name) for name in answer.stdout.decode().split("\0") if name]


def test_nothing_that_a_build_makes_is_kept(git_files: list[Path]) -> None:
    for name in ("consular/static/vendor/leaflet.js", "uv.lock", "a/b.mo", "instance/consular.db", ".venv/x"):
        assert BUILT.search(name), f"the rule does not see {name}"
    assert git_files
    assert not [str(path) for path in git_files if BUILT.search(str(path))]


def test_no_third_party_assets_are_kept(git_files: list[Path]) -> None:
    assert THIRD_PARTY.search("/* @preserve\n * Leaflet 1.9.4, a JS library")
    ours = [path for path in git_files if path.suffix in (".js", ".css", ".svg")]
    assert ours
    assert not [str(path) for path in ours if THIRD_PARTY.search((ROOT / path).read_text("utf-8"))]


def test_files_are_not_huge(git_files: list[Path]) -> None:
    sizes = {str(path): (ROOT / path).stat().st_size for path in git_files if (ROOT / path).exists()}
    assert not {path: size for path, size in sizes.items() if size > LARGEST_BYTES}


@pytest.mark.parametrize("name", PINS)
def test_pins_hold_hashes_and_no_address(name: str) -> None:
    assert ADDRESS.search("--index-url https://mirror.example/simple")
    text = (ROOT / name).read_text("utf-8")
    assert "sha256:" in text or '"integrity": "sha512-' in text
    assert not ADDRESS.findall(text)


def test_every_pin_has_a_hash() -> None:
    for name in PINS[:4]:
        text = (ROOT / name).read_text("utf-8")
        entries = re.split(r"(?m)^(?=[a-z0-9])", text, flags=re.IGNORECASE)[1:]
        assert entries
        assert not [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_the_versions_that_must_agree_do() -> None:
    """Both files are installed into one environment: a package in both must be the same in both."""
    run, dev = (
        dict(re.findall(r"(?m)^([a-z0-9._-]+)==([^\s;]+)", (ROOT / name).read_text("utf-8")))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    both = run.keys() & dev.keys()
    assert both
    assert {name: (run[name], dev[name]) for name in both if run[name] != dev[name]} == {}
