"""The HTTP API: parses requests, calls the services, writes documents and problems."""
