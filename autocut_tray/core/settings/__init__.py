"""What a person may choose, declared once."""
