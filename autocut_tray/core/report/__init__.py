"""What happened in a span of time, why, what it cost, and what to change."""
