"""Reports in words: as JSON, CSV and PDF, of a running program or of what is stored."""
