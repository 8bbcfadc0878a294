"""Pictures and arrays in files, read as patterns and cues, and written."""
