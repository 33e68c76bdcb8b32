"""Rough cuts as files for editors: what is on the timeline, how each format writes it, and proof that it did."""
