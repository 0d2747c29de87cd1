"""What `make infra-check` holds: that the Terraform code is right, as far as that shows without an account."""
