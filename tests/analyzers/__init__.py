"""Vision models behind servers, real and fake."""
