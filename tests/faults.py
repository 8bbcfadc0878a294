"""Faults of the disk, and deaths of the process, at each of its calls in turn."""

import errno
import fcntl
import io
import os

# The calls that change something on the disk, or are needed for that.
CALLS = (
    "open", "fsync", "replace", "unlink", "ftruncate", "pwrite", "fchmod", "mkdir", "rmdir",
    "scandir", "listdir",
)  # fmt: skip


class DiedError(BaseException):
    """The process has been killed: nothing that it does from now on has an effect."""


class Faults:
    """Counts calls of the system, and lets one of them fail.

    Attributes:
        at: the number of the call that fails.
        lasting: whether all later ones that need room fail as well, as on a full disk.
        dying: whether the process ends with it, so that no later one has an effect.
        failed: the name of the call that failed, or None.
    """

    def __init__(self, monkeypatch, at, *, code=errno.EIO, lasting=False, dying=False):
        self.at, self.code, self.lasting, self.dying = at, code, lasting, dying
        self.count, self.failed = 0, None
        for name in CALLS:
            monkeypatch.setattr(os, name, self.around(name, getattr(os, name)))
        monkeypatch.setattr(fcntl, "flock", self.around("flock", fcntl.flock))
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: io.BufferedWriter(Raw(handle, self)))

    def around(self, name, call):
        def counted(*arguments, **options):
            self.step(name)
            # Nothing here survives a loss of power anyway.
            return None if name == "fsync" else call(*arguments, **options)

        return counted

    def step(self, name):
        if self.dying and self.failed:
            raise DiedError
        if self.lasting and self.failed and name in ("write", "pwrite", "open", "mkdir", "fsync"):
            raise OSError(self.code, os.strerror(self.code))
        self.count += 1
        if self.count - 1 == self.at:
            self.failed = name
            raise DiedError if self.dying else OSError(self.code, os.strerror(self.code))


class Raw(io.FileIO):
    """A file of which the write that fails writes half."""

    def __init__(self, handle, faults):
        super().__init__(handle, "wb")
        self.faults = faults

    def write(self, content):
        try:
            self.faults.step("write")
        except BaseException:
            if not (self.faults.dying and self.faults.count - 1 > self.faults.at):
                super().write(content[: len(content) // 2])
            raise
        return super().write(content)
