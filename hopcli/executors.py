"""Who makes the tasks of a batch: this process, processes of this machine, or a cluster.

A task is a pure function of picklable arguments (a trial carries its own seed, a part of a memory
says where its patterns are), so results do not depend on the executor or the number of workers.

What `concurrent.futures` lacks is here: an executor that calls at once, the partition of a batch,
and worker processes that end with their parent and leave Ctrl-C to it. The processes are spawned,
since a fork after a parallel kernel would kill the child.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, ParamSpec, TypeVar

from hopcli.errors import HopError
from hopcli.parameters import Parameter

Item = TypeVar("Item")
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

# Partitions for each worker: one that is done early takes over from the others.
PARTITIONS_A_WORKER = 2
# More processes than this do not start within a minute.
WORKERS = Parameter("workers", int, None, "Processes that share the trials.", low=1, high=1024)


class SerialExecutor(Executor):
    """An executor that calls each function as it is submitted, in this thread."""

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Call the function; return a future that is done."""
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class PartitionedExecutor:
    """Executors, and the number of partitions into which they divide a batch.

    Attributes:
        executors: one or more. Each is given the same share of every batch, so that a worker which
            keeps a part of a memory open is asked about this part again.
        partitions: the number of tasks of a batch, at most.
    """

    executors: tuple[Executor, ...]
    partitions: int

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> "Future[Result]":
        """Submit one task to the first executor."""
        return self.executors[0].submit(fn, *args, **kwargs)

    def map(
        self, work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]
    ) -> list[Result]:
        """Apply a function to a batch, partition by partition; return one result for each item.

        Args:
            work: a pure, picklable function of some of the items, with one result for each.
            items: the batch, in whose order the results are.
        """
        partitions = min(self.partitions, len(items))
        bounds = [len(items) * number // max(1, partitions) for number in range(partitions + 1)]
        futures = [
            self.executors[number * len(self.executors) // partitions].submit(work, items[low:high])
            for number, (low, high) in enumerate(pairwise(bounds))
        ]
        return [result for future in futures for result in future.result()]


SERIAL = PartitionedExecutor((SerialExecutor(),), 1)


@contextmanager
def process_pool(workers: int) -> Iterator[PartitionedExecutor]:
    """Yield an executor of worker processes of this machine, each with one thread.

    At the end of the block the workers are terminated, whatever they do.

    Args:
        workers: 1 to 1,024.

    Raises:
        ParameterError: the number is out of range.
        HopError: a worker was killed.
    """
    WORKERS.checked(workers)
    context = _Context()
    executor = ProcessPoolExecutor(workers, context, initializer=_prepare_worker)
    try:
        yield PartitionedExecutor((executor,), PARTITIONS_A_WORKER * workers)
    except BrokenProcessPool as error:
        raise HopError(
            "a process that made trials was killed; free some memory, or give fewer `workers`"
        ) from error
    finally:
        for worker in context.started:
            worker.terminate()
        executor.shutdown(cancel_futures=True)


class _Worker(SpawnProcess):
    """A process in which SIGINT is blocked: a terminal sends Ctrl-C to the parent as well."""

    def start(self) -> None:
        """Start the process, which inherits the signals that are blocked here."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    """The spawn context with workers of the class above, which it remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[_Worker] = []

    def Process(self, *args: Any, **kwargs: Any) -> _Worker:  # type: ignore[override]  # noqa: N802
        """Make a worker."""
        worker = _Worker(*args, **kwargs)
        self.started.append(worker)
        return worker


def _prepare_worker() -> None:
    """Prepare a worker before numba is loaded: one thread, and an end with the parent's."""
    os.environ["NUMBA_NUM_THREADS"] = "1"
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    """End this process when its parent has ended, however that came about."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
