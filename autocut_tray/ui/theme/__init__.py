"""Colours, type, glyphs and the one style sheet."""
