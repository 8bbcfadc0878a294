"""How many threads a kernel's work is worth."""

import numba

# Elementary operations (of about 0.2 ns, as a counted word is) below which one thread serves: they
# take it about 6 ms. A second thread would save half of that at best, and where the other core is
# busy, waiting for it costs as much: 0.5 ms of overlaps took 15 ms beside another process.
WORTH_A_THREAD = 2**25


def suit(operations: int) -> None:
    """Let the kernels that are called next use all threads, or one if there is little to do."""
    numba.set_num_threads(1 if operations < WORTH_A_THREAD else numba.config.NUMBA_NUM_THREADS)


def launch() -> None:
    """Have the threads ready: the first kernel to ask for them would wait 20 ms for them."""
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


def overlapping() -> bool:
    """Whether several threads may call kernels at once, which numba's own workqueue dies of.

    It takes its place where there is no OpenMP. Before the first kernel has run nobody knows.
    """
    try:
        return numba.threading_layer() != "workqueue"
    except ValueError:
        return False
