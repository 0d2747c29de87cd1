"""The function's log, read out of CloudWatch and put into words."""
