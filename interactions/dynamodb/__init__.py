"""DynamoDB, as everything that is kept there shares it: one connection a process, and the definitions of all tables."""
