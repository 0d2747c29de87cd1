"""The store on a laptop: SQLite through the Django ORM."""

from interactions.repositories.orm.repository import OrmRepository

__all__ = ["OrmRepository"]
