"""`make prices`: write the rows of `interactions/domain/prices.json` from the package genai-prices (ADR 34)."""
