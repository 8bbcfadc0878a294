"""Number of threads by the amount of work, and work in blocks for threads of the interpreter."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numba

# Elementary operations below which one thread is used: of about 0.2 ns (a counted word), they take
# 6 ms. A second thread would save half of that at best, and where the other core is busy, waiting
# for it costs as much: 0.5 ms of overlaps took 15 ms beside another process.
WORTH_A_THREAD = 2**25


def suit(operations: int) -> None:
    """Set the threads of the next kernels: all, or one if there is little to do."""
    numba.set_num_threads(1 if operations < WORTH_A_THREAD else numba.config.NUMBA_NUM_THREADS)


def launch() -> None:
    """Start the threads: the first kernel to use them would wait 20 ms for them."""
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


def in_blocks(work: Callable[[slice], object], count: int, block: int) -> None:
    """Call a function that lets go of the interpreter's lock for each block of a range.

    The blocks do not depend on the number of threads, so neither does what is computed. The threads
    end with the call: a process forks safely afterwards.
    """
    parts = [slice(at, min(at + block, count)) for at in range(0, count, block)]
    threads = min(len(parts), numba.config.NUMBA_NUM_THREADS)
    if threads <= 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, parts):
            pass
