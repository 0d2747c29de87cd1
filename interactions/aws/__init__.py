"""AWS's JSON services without its SDK, of which a cold start would pay for much more than is needed (ADR 20)."""
