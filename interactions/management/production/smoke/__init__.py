"""What a running service must answer, asked over HTTP."""
