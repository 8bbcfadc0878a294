"""Files: memories, pictures, arrays."""
