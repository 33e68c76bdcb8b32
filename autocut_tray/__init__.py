"""AutoCut Director tray: knows the machine, adapts before it breaks, describes footage."""

__version__ = "0.1.0"
