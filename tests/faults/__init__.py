"""Rows of the fault list that need more than the test of one module."""
