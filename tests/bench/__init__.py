"""Measures the program against its budgets: ``python -m tests.bench``."""
