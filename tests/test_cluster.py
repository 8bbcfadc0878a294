"""Trials on a dask cluster whose workers come and go."""

import os
import threading
import time

import pytest

from hopcli.binary.interactions import Polynomial
from hopcli.cluster.crew import clustered
from hopcli.errors import HopError
from hopcli.experiments.capacity import points
from hopcli.experiments.stability import Stability
from hopcli.experiments.trials import Setting

distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")

# Its own warnings, when a worker is killed on purpose.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as running:
        yield running


class Slowly(Stability):
    """So slowly that a worker can be killed in the middle."""

    def run(self, trials):
        time.sleep(0.2)
        return super().run(trials)


def test_a_worker_killed_in_the_middle_changes_nothing(cluster, hop):
    setting = Setting(Polynomial(3), 30, 0.0, 40, seed=2)
    alone = points(Stability(), setting, [40, 50, 60])
    with clustered(cluster.scheduler_address) as crew:
        victims = [worker.pid for worker in cluster.workers.values()]
        killer = threading.Timer(0.3, os.kill, (victims[0], 9))
        killer.start()
        assert points(Slowly(), setting, [40, 50, 60], crew=crew) == alone
        killer.join()
    arguments = ["capacity", "--n", 30, "--trials", 20, "--json"]
    there = hop(*arguments, "--cluster", cluster.scheduler_address).json
    here = hop(*arguments).json
    assert {**there, "seconds": None} == {**here, "seconds": None}


def test_nobody_at_the_address(monkeypatch):
    monkeypatch.setattr("hopcli.cluster.crew.PATIENCE", 0.5)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        said = f"--cluster {address} was given, but no scheduler"
        with pytest.raises(HopError, match=said), clustered(address):
            pass


def test_a_cluster_without_workers(monkeypatch):
    monkeypatch.setattr("hopcli.cluster.crew.PATIENCE", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as empty,
        pytest.raises(HopError, match="has no worker"),
        clustered(empty.scheduler_address),
    ):
        pass
