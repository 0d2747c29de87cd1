"""How the service behaves as it grows: `make bench`, or `python -m benchmarks [name…]`."""
