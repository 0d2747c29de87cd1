"""Which versions of the function are live, and every step from one to the next."""
