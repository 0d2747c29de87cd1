"""Which files go in: what production may import or read. `tests/package` runs every route from what is left.

Patterns are of the shell's kind, where * stands for slashes too.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

# What botocore has a model of; bedrock-runtime is 32 KB, for a provider that asks Bedrock.
AWS_SERVICES = ("dynamodb", "ssm", "bedrock-runtime")

OURS = ("interactions", "project")
# What is ours beside Python.
DATA = ("LICENSE", "interactions/aws/amazon-roots.pem", "interactions/domain/prices.json", "openapi.yaml")
ONLY_ELSEWHERE = (
    # The ORM, and the admin over it.
    "interactions/accounts/orm.py",
    "interactions/admin/*",
    "interactions/migrations/*",
    "interactions/models.py",
    "interactions/repositories/orm/*",
    # For people at a terminal.
    "interactions/domain/chat_jsonl.py",
    "interactions/dynamodb/read_only.py",
    "interactions/management/*",
    # For who sends records to OpenTelemetry, which no route does.
    "interactions/domain/telemetry.py",
    # Writes openapi.yaml, which is served as it is.
    "interactions/api/openapi/*",
    # A laptop's.
    "project/gunicorn.py",
    "project/settings/local.py",
    "project/settings/secret_key.py",
)

# Packages of which only these modules go in. Of Django's apps none is installed: ours and Django's own import some.
NOTHING_ELSE = {
    "asgiref": ("__init__", "current_thread_executor", "local", "sync"),
    "django/contrib": (
        "__init__",
        "admindocs/__init__",  # in which DRF looks for a function of the admin's, and finds one that imports it
        *(f"auth/{name}" for name in ("__init__", "hashers", "password_validation", "signals")),
        *(f"sessions/{name}" for name in ("__init__", "backends/__init__", "backends/base", "exceptions")),
        *(f"sessions/{name}" for name in ("middleware", "serializers")),
    ),
}
KEPT = {
    "django/contrib/auth/common-passwords.txt.gz",
    *(f"{package}/{module}.py" for package, modules in NOTHING_ELSE.items() for module in modules),
}

NEVER_IMPORTED = (
    "*.dist-info/*",  # nothing asks for versions as it runs; the licences are kept elsewhere
    "*.pyi",
    "*/py.typed",
    "*/__main__.py",
    "bin/*",
    "*/tests/*",
    # Texts in other languages; USE_I18N is off. English is code: its formats of dates.
    "*.mo",
    "*.po",
    "django/conf/locale/[!_e]*",
    "django/conf/locale/e[!n]*",
    "django/conf/locale/en_*",
    # PynamoDB needs botocore alone, and that neither its signer in C nor Windows' time zones.
    "boto3/*",
    "s3transfer/*",
    "botocore/crt/auth.py",
    "botocore/data/*/examples-1.json",
    "botocore/docs/translator.py",
    "botocore/stub.py",
    "dateutil/easter.py",
    "dateutil/rrule.py",
    "dateutil/tz/win.py",
    "dateutil/tzwin.py",
    "dateutil/zoneinfo/*",
    "urllib3/contrib/emscripten/*",
    "urllib3/contrib/pyopenssl.py",
    "urllib3/contrib/socks.py",
    "urllib3/http2/connection.py",
    # Databases, whose dummy remains; and what works on them from a terminal.
    "django/db/backends/mysql/*",
    "django/db/backends/oracle/*",
    "django/db/backends/postgresql/*",
    "django/db/backends/sqlite3/*",
    "django/db/migrations/*",
    "django/db/models/sql/compiler.py",
    "django/conf/*_template/*",
    "django/core/cache/backends/[!_bfl]*",
    "django/core/management/commands/*",
    "django/core/management/templates.py",
    "django/core/serializers/pyyaml.py",
    "django/core/serializers/xml_serializer.py",
    "django/core/servers/*",
    "django/template/backends/jinja2.py",
    "django/test/*",
    "django/utils/archive.py",
    "django/utils/feedgenerator.py",
    "django/utils/translation/template.py",
    "django/core/asgi.py",
    "django/core/handlers/asgi.py",
    # Forms as HTML, and DRF's pages for browsers.
    "django/forms/jinja2/*",
    "django/forms/templates/*",
    "rest_framework/authtoken/*",
    "rest_framework/management/*",
    "rest_framework/static/*",
    "rest_framework/templates/*",
    "rest_framework/templatetags/*",
    "rest_framework/test.py",
    "rest_framework/urls.py",
    "rest_framework/versioning.py",
)


def ours(root: Path) -> list[str]:
    """The paths of the service's own files."""
    modules = [path.relative_to(root).as_posix() for top in OURS for path in (root / top).rglob("*.py")]
    return sorted([*DATA, *(path for path in modules if not _matches(path, ONLY_ELSEWHERE))])


def of_others(paths: Iterable[str]) -> list[str]:
    """Those of the distributions' files that go in."""
    return sorted(path for path in paths if not _matches(path, NEVER_IMPORTED) and not _is_unused(path))


def _is_unused(path: str) -> bool:
    match path.split("/"):
        case "botocore", "data", service, _, *_:
            return service not in AWS_SERVICES
    return path not in KEPT and path.startswith(tuple(f"{package}/" for package in NOTHING_ELSE))


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
