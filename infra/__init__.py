"""What builds and runs the service, outside of it."""
