"""What the page of `hop demo` shows of a memory: its data, its networks and its files."""
