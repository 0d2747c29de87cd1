"""`pull_interactions`: production's interactions as a copy in the local SQLite file.

Production is read in parts, a shard of a day each, or a user's day. Threads read them; the main thread alone writes,
and notes a part as done in the transaction that writes the last of it.
"""
