"""Ways to models: one port, an adapter for each kind of provider; `resilience` asks one after the other."""
