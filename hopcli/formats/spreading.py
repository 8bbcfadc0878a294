"""Map a function over pieces of work in forks of this process, in order.

Pillow decodes small pictures in hardly less time on two threads than on one, and a new Python takes
a third of a second to start; a fork of this one starts within some milliseconds.

concurrent.futures was tried with forks: loading it takes 11 ms, a tenth of the CPU time for storing
2,000 small pictures, and a pool whose workers were killed at work did not shut down: workers share
one pipe for results, which does not end with them. Here each fork has a pipe of its own.
"""

import contextlib
import os
import pickle
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from hopcli.interruption import undoing

Piece = TypeVar("Piece")
Result = TypeVar("Result")

# Forking costs some milliseconds; what takes no longer than this is done sooner alone.
SECONDS_ALONE = 0.05
# The numbers of the pieces wait in a pipe, which holds 64 KiB.
MOST_PIECES = 2**13
PIPE_BYTES = 2**20
NUMBER = struct.Struct("<I")
LENGTH = struct.Struct("<Q")


def spread(
    work: Callable[[Piece], Result], pieces: Sequence[Piece]
) -> Generator[Result, None, None]:
    """Work on each piece, here and in forks of this process, and yield the results in order.

    Pieces are taken in order by whoever is free, so that of several that fail the first is known.

    Args:
        work: a pure function, whose results and exceptions can be pickled.
        pieces: at most 8,192.

    Raises:
        Exception: what `work` raised for the first piece for which it did.
    """
    if not pieces:
        return
    started = time.perf_counter()
    yield work(pieces[0])
    alone = (time.perf_counter() - started) * (len(pieces) - 1)
    helpers = min(_spare_cores(), len(pieces) - 2) if alone > SECONDS_ALONE else 0
    if helpers < 1 or len(pieces) > MOST_PIECES:
        yield from map(work, pieces[1:])
        return
    crew = _Crew.before(work, pieces)
    with undoing(crew.kill):
        try:
            crew.hire(helpers)
            yield from crew.results()
        finally:
            crew.dismiss()


def _spare_cores() -> int:
    """Cores besides this one's, where forking is safe: with threads it might copy a lock held."""
    if not sys.platform.startswith("linux") or len(list(Path("/proc/self/task").iterdir())) > 1:
        return 0
    return len(os.sched_getaffinity(0)) - 1


@dataclass(frozen=True)
class _Failure:
    """Stands for the result of a piece that could not be worked on."""

    error: Exception


def _attempt(work: Callable[[Any], Any], piece: Any) -> Any:
    try:
        return work(piece)
    except Exception as error:
        return _Failure(error)


@dataclass(frozen=True)
class _Crew:
    """Forks that take numbers of pieces from one pipe, and each return results by one of its own.

    Attributes:
        work: what is done with a piece.
        pieces: all of them; the first is done.
        numbers: the end of the pipe that numbers are taken from.
        helpers: the processes, each with the thread that receives its results.
        inbox: results as they come in, pickled; None from a helper that has ended.
    """

    work: Callable[[Any], Any]
    pieces: Sequence[Any]
    numbers: int
    helpers: list[tuple[int, threading.Thread]]
    inbox: "SimpleQueue[bytes | None]"

    @classmethod
    def before(cls, work: Callable[[Any], Any], pieces: Sequence[Any]) -> "_Crew":
        """No helpers yet, and all pieces but the first still to be taken."""
        numbers, written = os.pipe()
        os.write(written, b"".join(NUMBER.pack(i) for i in range(1, len(pieces))))
        os.close(written)
        return cls(work, pieces, numbers, [], SimpleQueue())

    def hire(self, count: int) -> None:
        """Fork so many helpers."""
        # An interrupt must not find a helper that does not know yet what it is.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._hire(count)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _hire(self, count: int) -> None:
        started: list[tuple[int, int]] = []
        # Where no more processes may be had, the work is done by those that there are.
        with contextlib.suppress(OSError):
            for _ in range(count):
                results, out = os.pipe()
                process = os.fork()
                if process == 0:
                    for _, other in started:
                        os.close(other)
                    os.close(results)
                    self._help(out)
                os.close(out)
                started.append((process, results))
        # Threads come after all forks. They receive while this process works on pieces of its own.
        for process, results in started:
            thread = threading.Thread(target=self._receive, args=[results], daemon=True)
            thread.start()
            self.helpers.append((process, thread))

    def results(self) -> Iterator[Any]:
        """The results in order of the pieces, worked on here too."""
        found: dict[int, Any] = {}
        following, working = 1, len(self.helpers)
        while following < len(self.pieces):
            number = self._taken()
            if number is not None:
                found[number] = _attempt(self.work, self.pieces[number])
            elif following not in found and not working:
                # Whoever had it is gone.
                found[following] = _attempt(self.work, self.pieces[following])
            while not self.inbox.empty() or (number is None and working and following not in found):
                message = self.inbox.get()
                if message is None:
                    working -= 1
                else:
                    place, result = pickle.loads(message)
                    found[place] = result
            while following in found:
                result = found.pop(following)
                following += 1
                if isinstance(result, _Failure):
                    raise result.error
                yield result

    def dismiss(self) -> None:
        """End whoever is still at work."""
        os.close(self.numbers)
        self.kill()
        for process, thread in self.helpers:
            os.waitpid(process, 0)
            thread.join()

    def kill(self) -> None:
        """End whoever is still at work, and wait for nobody."""
        for process, _ in self.helpers:
            os.kill(process, signal.SIGKILL)

    def _taken(self) -> int | None:
        """The number of a piece that nobody has taken yet; None if there is none."""
        taken = os.read(self.numbers, NUMBER.size)
        return NUMBER.unpack(taken)[0] if taken else None

    def _receive(self, results: int) -> None:
        """Receive what a helper sends, until it has ended, or been ended."""
        with os.fdopen(results, "rb", buffering=PIPE_BYTES) as stream:
            while len(length := stream.read(LENGTH.size)) == LENGTH.size:
                message = stream.read(LENGTH.unpack(length)[0])
                if len(message) < LENGTH.unpack(length)[0]:
                    break
                self.inbox.put(message)
        self.inbox.put(None)

    def _help(self, out: int) -> None:
        """The life of a helper. Ctrl-C is for the process that it belongs to."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            with contextlib.suppress(OSError):
                import fcntl

                # As much as an ordinary user may have: fewer waits for each other.
                fcntl.fcntl(out, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            with os.fdopen(out, "wb") as stream:
                while (number := self._taken()) is not None:
                    result = _attempt(self.work, self.pieces[number])
                    message = pickle.dumps((number, result), protocol=5)
                    stream.write(LENGTH.pack(len(message)) + message)
                    stream.flush()
        finally:
            os._exit(0)
