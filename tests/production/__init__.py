"""The service as it runs in production: its settings, its secrets, and the whole API over DynamoDB Local."""
