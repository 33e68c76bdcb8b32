"""Makes what people install: the frozen program, its installer, its list of licences, and the checks of all that.

Nothing here ships. `dev.py freeze` and `dev.py installer` start it.
"""
