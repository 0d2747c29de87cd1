"""What an interaction is and which rules hold for it. Imports neither Django nor AWS."""
