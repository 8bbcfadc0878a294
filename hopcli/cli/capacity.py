"""`hop capacity`."""
def capacity() -> None:
    """x"""
