"""The wall around the suite: no test reaches another machine or a mail server; nothing is left out unsaid."""

import socket
import urllib.request
from pathlib import Path

import pytest

from tests import needs
from tests.conftest import OutsideWorld


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as connection, pytest.raises(OutsideWorld):
        connection.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideWorld):
        socket.getaddrinfo("example.org", 80)
    with pytest.raises(OutsideWorld):
        urllib.request.urlopen("http://192.0.2.1/")


@pytest.mark.parametrize("port", [25, 465, 587])
def test_no_test_sends_mail_through_this_machine(port: int) -> None:
    with socket.socket() as connection, pytest.raises(OutsideWorld):
        connection.connect(("127.0.0.1", port))


def test_this_machine_can_be_reached() -> None:
    with socket.socket() as server, socket.socket() as connection:
        server.bind(("127.0.0.1", 0))
        server.listen()
        connection.connect(server.getsockname())
        assert connection.getpeername() == server.getsockname()


def test_a_module_that_needs_a_missing_package_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "test_a.py"
    module.write_text("from hypothesis import given\nfrom tests.servers import free_port\n")
    monkeypatch.setattr(needs, "find_spec", lambda name: None)
    assert needs.missing_packages(module) == {"hypothesis"}


def test_needs_follow_from_fixtures_and_database() -> None:
    assert needs.of_test(["app", "mailbox"], {}) == {"mail server"}
    assert needs.of_test(["app"], {"dialect": "postgresql"}) == {"postgresql"}
    assert needs.of_test(["browser"], {"dialect": "sqlite"}) == {"browser", "assets"}
    assert {need for each in needs.BY_FIXTURE.values() for need in each} <= needs.NEEDS.keys()
