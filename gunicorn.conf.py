"""The web processes. Every value can be changed by the environment; see docs/settings.md."""

import os
import shutil
import tempfile

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Pages are bound by the processor: more threads only wait for one another (2 x 8 was a quarter slower).
threads = int(os.environ.get("WEB_THREADS", "2"))
worker_class = "gthread"
# Without it the kernel may hand every kept-alive connection to one worker, which halved the rate.
reuse_port = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  a heartbeat, not data
# A place name of 200 letters outside ASCII, percent-encoded, must reach the view that says what is wrong with it.
limit_request_line = 8190
timeout = 30
graceful_timeout = int(os.environ.get("GRACEFUL_SECONDS", "20"))
keepalive = 15
control_socket_disable = True  # nobody steers it from outside: signals are enough

# %(U)s is the path alone: a query may hold where somebody is or a document. No referrer either. No format gets more.
logger_class = "consular.web.access_log.PathLogger"
accesslog = os.environ.get("ACCESS_LOG", "-") or None
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms'
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info")

# Whose X-Forwarded-* headers to believe: the proxies in front, never everybody.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

# Loaded once, before the workers are forked: they share its memory, and a start that must not be is refused.
preload_app = True


def on_starting(server):  # type: ignore[no-untyped-def]  # gunicorn publishes no types
    """Refuse to serve from a database behind its migrations, or with demonstration accounts in production."""
    from consular.cli import production_problems
    from consular.foundation.database import db
    from consular.offices.place_queries import read_places_ahead
    from wsgi import app

    problems = production_problems(app)
    if problems:
        raise SystemExit("Not started: " + "; ".join(problems))
    with app.app_context():
        read_places_ahead()  # the workers share them, and nobody waits for them
    with app.app_context():  # which was given back what the one before had taken
        db.engine.dispose()  # no connection may be shared with the workers


# One scrape must count every worker: they share a folder of numbers. It must be known before they begin.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="consular-metrics-")


def child_exit(server, worker) -> None:
    """A worker ended: its gauges no longer count."""
    from prometheus_client import multiprocess  # not before the folder is known: it looks once, when imported

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server) -> None:
    """The master ended, and its numbers with it."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
