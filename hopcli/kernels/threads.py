"""Number of threads by the amount of work."""

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
