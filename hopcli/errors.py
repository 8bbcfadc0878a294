"""What can go wrong for a person, each said in one line."""


class HopError(Exception):
    """A request that cannot be met.

    Its message is one line that says what was given, what was needed and what to do.
    """


class MemoryFileError(HopError):
    """A memory file that is missing, foreign, damaged or in the way."""


class PictureError(HopError):
    """A picture or an array that cannot be read, or does not fit."""
