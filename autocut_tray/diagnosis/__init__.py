"""Everything that support would ask for, gathered in one go and fit to be handed to others."""
