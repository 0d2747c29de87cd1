"""What AWS Lambda is given: the service and all it imports in production, in one zip, the same bytes every time."""
