"""Networks of ±1 neurons."""
