"""apig-wsgi over Django, as its README shows it."""

from __future__ import annotations

import os

from apig_wsgi import make_lambda_handler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "typical.settings")

handler = make_lambda_handler(get_wsgi_application(), binary_support=True)
