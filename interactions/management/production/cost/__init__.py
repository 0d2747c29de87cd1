"""What a month of a deployment costs: of the resources in Terraform's plan, measured consumption, and dated prices."""
