"""The configuration of gunicorn for the floors: the values of ours, without its checks of our database."""

import runpy
from pathlib import Path

_OURS = runpy.run_path(str(Path(__file__).resolve().parents[1] / "gunicorn.conf.py"))

bind = _OURS["bind"]
workers = _OURS["workers"]
threads = _OURS["threads"]
worker_class = _OURS["worker_class"]
reuse_port = _OURS["reuse_port"]
worker_tmp_dir = _OURS["worker_tmp_dir"]
keepalive = _OURS["keepalive"]
preload_app = _OURS["preload_app"]
control_socket_disable = _OURS["control_socket_disable"]
logger_class = _OURS["logger_class"]
accesslog = _OURS["accesslog"]
access_log_format = _OURS["access_log_format"]
loglevel = _OURS["loglevel"]
