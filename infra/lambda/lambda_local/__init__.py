"""A Lambda function and the REST API before it, on this machine: `make lambda-local`."""
