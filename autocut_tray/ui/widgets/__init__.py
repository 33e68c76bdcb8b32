"""Small widgets, one to a file."""
