"""Work on the workers of a dask cluster."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import hopcli
from hopcli.crew import PARTS_A_WORKER, Crew
from hopcli.errors import HopError

if TYPE_CHECKING:
    from distributed import Client

Item = TypeVar("Item")
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

# Seconds in which a scheduler must answer.
PATIENCE = 10
# So many workers may die under one part before it is given up.
DEATHS = 10

# Kernels have threads of their own, and two threads of a worker must not call them at a time.
_one_at_a_time = threading.Lock()


class DaskExecutor(Executor):
    """Submits to a client; what a dying worker had to do, another does."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Any:
        """Submit a call; the future is dask's own, and cancels the call when it is forgotten."""
        return self._client.submit(_alone, fn, args, kwargs, pure=False, retries=DEATHS)


@dataclass(frozen=True)
class ClusterCrew(Crew):
    """The workers of a cluster, each of which is given the same place of every batch.

    So the parts of a memory stay open where they have been looked at before; where a worker is busy
    or gone, another takes over.
    """

    client: "Client"

    def _submit(
        self,
        place: float,
        work: Callable[[Sequence[Item]], list[Result]],
        items: Sequence[Item],
    ) -> Any:
        """Submit to the worker of this place, if it can be had."""
        workers = sorted(_workers(self.client))
        likely = workers[int(place * len(workers))] if workers else None
        return self.client.submit(
            _alone, work, (items,), {}, pure=False, retries=DEATHS, workers=likely,
            allow_other_workers=likely is not None,
        )  # fmt: skip


def _alone(
    function: Callable[..., Result], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Result:
    """Call the function while no other thread of this worker does."""
    with _one_at_a_time:
        return function(*args, **kwargs)


@contextmanager
def connected(address: str) -> Iterator["Client"]:
    """A client of the scheduler at this address, until the block ends.

    Raises:
        HopError: distributed is not installed, nobody answers at the address within 10 s, or there
            is no worker, or one without this version of hopcli.
    """
    try:
        from dask import config

        from hopcli.cluster.client import PatientClient
    except ImportError as error:
        raise HopError(
            f"--cluster {address} needs dask.distributed, which is not installed; run "
            f"pip install 'hopcli[cluster]'"
        ) from error
    # It tells standard error of workers that leave, which is nothing to worry about.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    config.set({"distributed.scheduler.allowed-failures": DEATHS})
    try:
        client = PatientClient(address, timeout=PATIENCE, set_as_default=False)
    except (ValueError, TypeError) as error:
        raise HopError(
            f"--cluster {address} was given, but no scheduler has such an address; give the one "
            f"that 'dask scheduler' says, as tcp://10.0.0.1:8786"
        ) from error
    except (OSError, ImportError) as error:
        raise HopError(
            f"--cluster {address} was given, but no scheduler answered there within {PATIENCE} s; "
            f"start one with 'dask scheduler', and give the address that it says"
        ) from error
    try:
        _check_workers(client, address)
        yield client
    finally:
        client.close(timeout=1)


@contextmanager
def clustered(address: str) -> Iterator[Crew]:
    """All workers of a cluster as a crew, until the block ends.

    Raises:
        HopError: as `connected` does.
    """
    with connected(address) as client:
        from distributed import KilledWorker

        try:
            parts = PARTS_A_WORKER * len(_workers(client))
            yield ClusterCrew(DaskExecutor(client), parts, client)
        except KilledWorker as error:
            raise HopError(
                f"the workers of the cluster at {address} die again and again ({error}); see what "
                f"they say"
            ) from error


def _check_workers(client: "Client", address: str) -> None:
    """See that there are workers, all with this version of hopcli."""
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
    """The threads of each worker, by its address."""
    return client.ncores()


def _version() -> str:
    """The version of hopcli where this is called."""
    return hopcli.__version__
