"""The endpoints, a subject a file."""
