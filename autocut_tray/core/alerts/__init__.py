"""Alerts: readings beyond limits that people set, told once for each crossing."""
