"""The routes of `/v1`; canonical paths have no trailing slash."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from interactions.api import views
from interactions.api.chat import ChatView
from interactions.api.conversations import ConversationViewSet
from interactions.api.viewsets import InteractionViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("interactions", InteractionViewSet, basename="interaction")
router.register("conversations", ConversationViewSet, basename="conversation")

urlpatterns = [
    *router.urls,
    path("chat", ChatView.as_view(), name="chat"),
    path("users/<str:user_id>/export", views.UserExportView.as_view(), name="user-export"),
    path("users/<str:user_id>", views.UserView.as_view(), name="user"),
    path("usage", views.UsageView.as_view(), name="usage"),
    path("session", views.SessionView.as_view(), name="session"),
]
