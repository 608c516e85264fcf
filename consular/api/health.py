"""What those who watch the system ask: is it alive, can it serve, how is it doing."""

import os
import time
from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.exc import SQLAlchemyError

from consular.api.answering import answer
from consular.foundation.database import db
from consular.web.guards import public

# Once a process: prometheus_client keeps them in a registry of its own.
REQUESTS = Counter(
    "consular_http_requests", "Requests by view, method and status.", ["view", "method", "status"]
)
SECONDS = Histogram(
    "consular_http_request_seconds",
    "Seconds from the first look at a request to its answer.",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def alive() -> Response:
    """The process answers. It asks nothing of the database: a restart would not bring that back."""
    return answer({"status": "alive"})


@health.get("/readyz")
@public
def ready() -> Response:
    """The database answers and its tables are those of this program; 503 and why when not."""
    try:
        present = MigrationContext.configure(db.session.connection()).get_current_heads()
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return answer({"status": "not ready", "why": "the database does not answer"}, 503)
    if set(present) != _newest(current_app.extensions["migrate"].directory):
        return answer({"status": "not ready", "why": "the database is not at the newest migration"}, 503)
    return answer({"status": "ready"})


@health.get("/metrics")
@public
def metrics() -> Response:
    """Counts and times for Prometheus; of all worker processes when they share PROMETHEUS_MULTIPROC_DIR."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    response = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def measure(app: Flask) -> None:
    """Count and time every request by the view that answers it: an address may hold a reference."""

    @app.before_request
    def begin() -> None:
        g.began_at = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        view = request.endpoint or "none"
        # Each label is kept for ever, and anybody can invent methods.
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        if "began_at" in g:
            SECONDS.labels(view).observe(time.perf_counter() - g.began_at)
        return response


@cache
def _newest(directory: str) -> frozenset[str]:
    return frozenset(ScriptDirectory(directory).get_heads())
