"""The package for AWS Lambda: how it is built, what is in it, and that it serves by itself."""
