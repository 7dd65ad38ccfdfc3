"""What changes a person: every write of `accounts`."""
