"""Everything that is not a user interface: no Qt here, and no video library at import time."""
