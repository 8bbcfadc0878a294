"""The memory file, folders of them, locks and atomic writes."""
