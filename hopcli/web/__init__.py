"""The live page: the one that is served, and the one that is exported."""
