"""The handler on Lambda: cold and warm starts beside a typical Django project and a bare boto3 handler."""
