"""The two tables of those who may get in: users and API keys.

Neither has an index. A user's keys and sessions are erased with the user, and an index may lag behind: their names
are in the user's own item.
"""

from __future__ import annotations

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.models import Model


class AccountItem(Model):
    """What a user logs in with. It is an account if it has a password; a user may have API keys alone.

    `session_keys` holds `<milliseconds>.<session key>`, the time of the login first.
    """

    class Meta:
        table_name = "accounts"

    username = UnicodeAttribute(hash_key=True)
    password = UnicodeAttribute(null=True)
    staff = BooleanAttribute(null=True)
    active = BooleanAttribute(null=True)
    created_at = UTCDateTimeAttribute(null=True)
    session_keys = UnicodeSetAttribute(null=True)
    key_ids = UnicodeSetAttribute(null=True)


class ApiKeyItem(Model):
    class Meta:
        table_name = "api_keys"

    key_id = UnicodeAttribute(hash_key=True)
    secret_hash = UnicodeAttribute()
    user_id = UnicodeAttribute()
    scopes = ListAttribute(of=UnicodeAttribute)
    created_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute(null=True)
    revoked_at = UTCDateTimeAttribute(null=True)
