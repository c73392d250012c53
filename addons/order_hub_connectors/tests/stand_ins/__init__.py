"""Local servers that behave as the platforms' documentation says; for tests only."""
