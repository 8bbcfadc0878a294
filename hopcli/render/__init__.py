"""Pictures and charts in terminals and in files, from arrays."""
