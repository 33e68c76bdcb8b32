"""Machines made by hand, and the words that the program has for each of them; see README.md."""
