"""Who is asking: accounts, API keys and what they may do."""

from __future__ import annotations

from functools import cache

from django.utils.module_loading import import_string

from interactions.accounts.base import Accounts
from interactions.conf import conf


@cache
def get_accounts() -> Accounts:
    """The store of accounts and keys that the settings name, made once a process."""
    accounts: Accounts = import_string(conf.accounts)()
    return accounts
