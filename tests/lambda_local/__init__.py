"""`make lambda-local`: the Runtime API, the gateway before it, and the package that they serve."""
