"""Memory that can be given back, and proof that it was."""
