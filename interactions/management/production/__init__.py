"""What a team does to its deployment in AWS: the names of its parts, and the operations on them, over boto3."""
