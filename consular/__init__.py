"""Consular office locator and appointments."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.engine import make_url

from consular import api, desk, site, web
from consular.cli import register as register_commands
from consular.config import Config
from consular.foundation.database import db, install_database
from consular.foundation.vault import open_vault

PROJECT = Path(__file__).resolve().parent.parent


class Application(Flask):
    """Flask, with functions called as they are: none is a coroutine, and a booking asked twenty times whether one is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def create_app(config: Config | None = None) -> Flask:
    """Put the application together: settings, database, web kit, doors, commands.

    Raises:
        BadSetting: a setting is missing, weak or malformed.
    """
    config = config or Config.from_environment(os.environ)
    app = Application(__name__, template_folder=str(PROJECT / "templates"))
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
        MAX_CONTENT_LENGTH=64 * 1024,  # ample for every form; larger bodies are refused unread
    )
    app.extensions["consular"] = config
    open_vault(config.secret_key)
    install_database(app)
    Migrate(app, db, directory=str(PROJECT / "migrations"), compare_type=True)
    web.install(app, config)
    for door in (site, desk, api):
        door.register(app)
    register_commands(app)
    return app


def engine_options(database_url: str) -> dict[str, object]:
    """How the program talks to its database; the benchmarks' floors talk to theirs alike."""
    url = make_url(database_url)
    quiet = {"hide_parameters": True}  # an error's text goes to the log, and its parameters are people's data
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        return {"connect_args": {"timeout": 15}, **quiet}
    # UTC at the server, so that no instant is read back in a zone in which year 9999 overflows. Nobody waits
    # longer for somebody else's lock than on SQLite, nor for a machine that does not answer. Compiling a statement
    # that then runs for 3 ms took 230 (the planner takes its many small steps for large ones): jit=off.
    server = {"options": "-c timezone=UTC -c lock_timeout=15s -c jit=off", "connect_timeout": 5}
    return {"pool_size": 8, "connect_args": server, **quiet}
