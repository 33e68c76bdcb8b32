"""``--selftest DIR``: every part of this build, run once, each in a process of its own."""
