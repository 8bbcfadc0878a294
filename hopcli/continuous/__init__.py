"""Networks of continuous neurons."""
