"""All tables as they were at a point in time, and the function pointed at them."""
