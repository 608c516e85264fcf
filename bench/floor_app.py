"""The least that a Flask application can do for the same questions: what ours is measured against.

Three routes on the same SQLAlchemy session, engine settings and gunicorn as ours: JSON without a database, one
indexed SELECT, and the smallest booking that keeps a seat (key check, JSON, claim, insert, commit).
"""

import hashlib
import os

from flask import Flask, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from consular import engine_options
from consular.foundation.database import db, install_database, transaction

KEY = "floor-key-of-a-benchmark"
TABLES = (
    "CREATE TABLE floor_office (id integer PRIMARY KEY, slug varchar(40) UNIQUE, name varchar(80))",
    "CREATE TABLE floor_key (digest varchar(64) PRIMARY KEY, name varchar(40))",
    "CREATE TABLE floor_seat (slot_id integer, no integer, appointment_id integer, PRIMARY KEY (slot_id, no))",
)
APPOINTMENT = "CREATE TABLE floor_appointment (id {serial} PRIMARY KEY, slot_id integer, document varchar(20), name varchar(80))"
FIND_KEY = text("SELECT name FROM floor_key WHERE digest = :digest")
FIND_OFFICE = text("SELECT id, name FROM floor_office WHERE slug = :slug")
INSERT = text(
    "INSERT INTO floor_appointment (slot_id, document, name) VALUES (:slot, :document, :name) RETURNING id"
)
# One seat of the slot that nobody has; on PostgreSQL without waiting for whoever takes another one.
CLAIM = (
    "UPDATE floor_seat SET appointment_id = :appointment WHERE slot_id = :slot AND no = (SELECT no FROM floor_seat"
    " WHERE slot_id = :slot AND appointment_id IS NULL ORDER BY no LIMIT 1 {skip})"
)


def create_floor() -> Flask:
    """The application, on the database of DATABASE_URL."""
    url = os.environ["DATABASE_URL"]
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(url))
    install_database(app)
    claim = text(CLAIM.format(skip="" if url.startswith("sqlite") else "FOR UPDATE SKIP LOCKED"))

    @app.get("/readyz")
    @app.get("/json")
    def plain() -> ResponseReturnValue:
        return jsonify(name="Cusco", distance_km=12.5)

    @app.get("/select/<slug>")
    def select(slug: str) -> ResponseReturnValue:
        row = db.session.execute(FIND_OFFICE, {"slug": slug}).one_or_none()
        if row is None:
            abort(404)
        return jsonify(id=row.id, name=row.name)

    @app.post("/claim")
    def take() -> ResponseReturnValue:
        digest = hashlib.sha256(request.headers.get("Authorization", "")[7:].encode()).hexdigest()
        if db.session.execute(FIND_KEY, {"digest": digest}).one_or_none() is None:
            abort(401)
        asked = request.get_json()
        slot = int(asked["slot"])
        with transaction() as session:
            citizen = {"slot": slot, "document": asked["document"], "name": asked["name"]}
            number = session.execute(INSERT, citizen).scalar_one()
            if session.execute(claim, {"slot": slot, "appointment": number}).rowcount != 1:  # type: ignore[attr-defined]
                session.rollback()
                return Response("full", 409)
        return jsonify(id=number), 201

    return app
