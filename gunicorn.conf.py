"""The web processes. Every value can be changed by the environment; see docs/settings.md."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Pages are bound by the processor: more threads only wait for one another (2 x 8 was a quarter slower).
threads = int(os.environ.get("WEB_THREADS", "2"))
worker_class = "gthread"
# Without it the kernel may hand every kept-alive connection to one worker, which halved the rate.
reuse_port = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  a heartbeat, not data
timeout = 30
graceful_timeout = 20
keepalive = 15
control_socket_disable = True  # nobody steers it from outside: signals are enough

# %(U)s is the path alone: a query may hold where somebody is or a document. No referrer either.
accesslog = os.environ.get("ACCESS_LOG", "-") or None
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms'
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info")

# Whose X-Forwarded-* headers to believe: the proxies in front, never everybody.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
