"""gunicorn's configuration: `gunicorn --config python:project.gunicorn project.wsgi`."""

from __future__ import annotations

from project.settings import environment
from project.settings.base import LOGGING

bind = f"{environment.text('HOST', '127.0.0.1')}:{environment.text('PORT', '8000')}"
workers = int(environment.text("WEB_CONCURRENCY", "2"))
threads = 4
# Longer than the 25 s that a request may work.
timeout = 30
# Heartbeats in memory: on a disk that blocks, a worker would be taken for dead.
worker_tmp_dir = "/dev/shm"  # noqa: S108  gunicorn makes private files in it
# Nobody steers it at run time, and a read-only container has no place for its socket.
control_socket_disable = True
# Its own messages are JSON lines like all others; requests have theirs from the application.
logconfig_dict = {
    **LOGGING,
    "loggers": {**LOGGING["loggers"], "gunicorn.error": {"level": "INFO", "propagate": True}},
}
