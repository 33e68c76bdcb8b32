"""What may leave the machine."""
