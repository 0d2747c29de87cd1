"""Generated texts with and without personal data, and the precision and recall of the finders on them."""
