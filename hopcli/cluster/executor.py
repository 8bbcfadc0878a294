"""Tasks on the workers of a dask cluster.

`distributed`'s own executor (`Client.get_executor`) is not used: a task has to hold a lock of its
worker, and a task that nobody waits for any more has to be cancelled, which its futures do not do.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import hopcli
from hopcli.errors import HopError
from hopcli.executors import PARTITIONS_A_WORKER, PartitionedExecutor

if TYPE_CHECKING:
    from distributed import Client

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

# Seconds in which a scheduler must answer.
PATIENCE = 10
# The number of workers that may die under one task before it is given up.
DEATHS = 10

# Kernels have threads of their own, and two threads of a worker must not call them at a time.
_one_at_a_time = threading.Lock()


class WorkerExecutor(Executor):
    """An executor that prefers one worker; where that is busy or gone, another takes the task."""

    def __init__(self, client: "Client", worker: str) -> None:
        self._client = client
        self._worker = worker

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Any:
        """Submit a call; return dask's future, which cancels the call when it is deleted."""
        return self._client.submit(
            _exclusively, fn, args, kwargs, pure=False, retries=DEATHS, workers=self._worker,
            allow_other_workers=True,
        )  # fmt: skip


def _exclusively(
    function: Callable[..., Result], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Result:
    """Call a function while no other thread of this worker does."""
    with _one_at_a_time:
        return function(*args, **kwargs)


@contextmanager
def cluster_executor(address: str) -> Iterator[PartitionedExecutor]:
    """Yield an executor of all workers of a cluster, connected until the block ends.

    Args:
        address: of the scheduler, such as tcp://10.0.0.1:8786.

    Raises:
        HopError: distributed is not installed, nobody answers at the address within 10 s, there is
            no worker, one has another version of hopcli, or workers die again and again.
    """
    with connected(address) as client:
        from distributed import KilledWorker

        workers = sorted(_workers(client))
        executors = tuple(WorkerExecutor(client, worker) for worker in workers)
        try:
            yield PartitionedExecutor(executors, PARTITIONS_A_WORKER * len(workers))
        except KilledWorker as error:
            raise HopError(
                f"the workers of the cluster at {address} die again and again ({error}); see what "
                f"they say"
            ) from error


@contextmanager
def connected(address: str) -> Iterator["Client"]:
    """Yield a client of the scheduler at an address, closed when the block ends.

    Raises:
        HopError: as `cluster_executor`.
    """
    given = f"`cluster={address}` was given, but"
    try:
        from dask import config

        from hopcli.cluster.client import PatientClient
    except ImportError as error:
        raise HopError(
            f"{given} dask.distributed is not installed; run pip install 'hopcli[cluster]'"
        ) from error
    # It warns on standard error of workers that leave, whose tasks others take.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    config.set({"distributed.scheduler.allowed-failures": DEATHS})
    try:
        client = PatientClient(address, timeout=PATIENCE, set_as_default=False)
    except (ValueError, TypeError) as error:
        raise HopError(
            f"{given} no scheduler has such an address; give the one that 'dask scheduler' says, "
            f"as tcp://10.0.0.1:8786"
        ) from error
    except (OSError, ImportError) as error:
        raise HopError(
            f"{given} no scheduler answered there within {PATIENCE} s; start one with "
            f"'dask scheduler', and give the address that it says"
        ) from error
    try:
        _check_workers(client, address)
        yield client
    finally:
        client.close(timeout=1)


def _check_workers(client: "Client", address: str) -> None:
    """Check that there are workers, all with this version of hopcli."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise HopError(
            f"the cluster at {address} has no worker; start one with 'dask worker {address}'"
        ) from None
    try:
        versions: Any = client.run(_version)
    except Exception as error:
        raise HopError(
            f"a worker of the cluster at {address} has no hopcli ({error}); install version "
            f"{hopcli.__version__} on all of them"
        ) from error
    for worker, version in versions.items():
        if version != hopcli.__version__:
            raise HopError(
                f"worker {worker} of the cluster has hopcli {version}, and this is "
                f"{hopcli.__version__}; install the same on both"
            )


def _workers(client: "Client") -> Any:
    """Return the number of threads of each worker, by its address."""
    return client.ncores()


def _version() -> str:
    """Return the version of hopcli where this is called."""
    return hopcli.__version__
