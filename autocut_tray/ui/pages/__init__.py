"""The five pages; each is imported and built when it is first shown."""
