"""Recommendations carried out: downloads, servers started, VRAM given back, and what the person put off."""
