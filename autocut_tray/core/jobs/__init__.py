"""Work that outlives a crash."""
