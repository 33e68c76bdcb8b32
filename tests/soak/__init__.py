"""Long runs that prove what a suite has no time for; each module is started by itself."""
