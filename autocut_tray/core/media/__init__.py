"""Video in, scenes and pictures out, in a process of its own that may die without taking anything along."""
