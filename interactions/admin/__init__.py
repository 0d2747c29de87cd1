"""Staff screens over the ORM, on a laptop or in a container; every write goes through the services."""

from django.contrib import admin

from interactions.admin import accounts, conversations, interactions

__all__ = ["accounts", "conversations", "interactions"]

admin.site.site_header = "Interactions"
admin.site.site_title = "Interactions"
admin.site.index_title = "Records and accounts"
admin.site.site_url = None
admin.site.enable_nav_sidebar = False
