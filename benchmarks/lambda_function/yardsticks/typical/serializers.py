"""What is taken and given."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class UsageSerializer(serializers.Serializer[Any]):
    input_tokens = serializers.IntegerField(min_value=0, allow_null=True, required=False)
    output_tokens = serializers.IntegerField(min_value=0, allow_null=True, required=False)


class InteractionSerializer(serializers.Serializer[Any]):
    interaction_id = serializers.CharField(read_only=True)
    user_id = serializers.CharField(read_only=True)
    conversation_id = serializers.CharField(max_length=128, allow_null=True, required=False)
    status = serializers.ChoiceField(choices=["pending", "completed", "failed"], default="completed")
    prompt = serializers.CharField(max_length=200_000)
    response = serializers.CharField(max_length=200_000, allow_null=True, required=False)
    provider = serializers.CharField(max_length=128, allow_null=True, required=False)
    model = serializers.CharField(max_length=128, allow_null=True, required=False)
    usage = UsageSerializer(allow_null=True, required=False)
    cost = serializers.CharField(max_length=32, allow_null=True, required=False)
    latency_ms = serializers.IntegerField(min_value=0, allow_null=True, required=False)
    metadata = serializers.DictField(child=serializers.CharField(max_length=512), required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    version = serializers.IntegerField(read_only=True)
