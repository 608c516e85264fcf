"""What those who watch the system are told."""

from flask import Flask

from consular.foundation.database import db, transaction
from tests.databases import application, on_both_databases


def test_alive_without_a_database(tmp_path):
    with application(f"sqlite:///{tmp_path / 'none' / 'none.db'}", tmp_path) as app:
        assert app.test_client().get("/healthz").get_json() == {"status": "alive"}


@on_both_databases
def test_ready_when_the_tables_are_those_of_this_program(app: Flask):
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ready"})
    assert answer.headers["Cache-Control"] == "no-store"


@on_both_databases
def test_not_ready_behind_the_newest_migration(app: Flask):
    with app.app_context(), transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "migration" in answer.get_json()["why"]


def test_not_ready_without_a_database(tmp_path):
    with application("postgresql://nobody@127.0.0.1:1/nothing", tmp_path) as app:
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 503
        assert answer.get_json() == {"status": "not ready", "why": "the database does not answer"}
        with app.app_context():
            db.session.remove()


def test_requests_are_counted_by_view_and_never_by_address(app: Flask):
    client = app.test_client()
    client.get("/api/v1/offices/secret-place")
    client.get("/nowhere/secret-place")
    text = client.get("/metrics").text
    assert 'consular_http_requests_total{method="GET",status="404",view="api_v1.show_office"}' in text
    assert 'consular_http_request_seconds_count{view="none"}' in text
    assert "secret-place" not in text


def test_invented_methods_leave_one_label_only(app: Flask) -> None:
    client = app.test_client()
    for number in range(5):
        client.open("/healthz", method=f"INVENTED{number}")
    counted = client.get("/metrics").text
    assert "INVENTED" not in counted
    assert 'method="other"' in counted
