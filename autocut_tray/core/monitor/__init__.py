"""Watches this machine and remembers what it saw."""
