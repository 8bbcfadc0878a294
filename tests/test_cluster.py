"""Trials and recalls on a dask cluster whose workers come and go."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest
from conftest import SAMPLES

import hopcli
from hopcli.binary import packing
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Synchronous
from hopcli.binary.sharded_network import ShardedNetwork
from hopcli.cluster.crew import clustered
from hopcli.crew import ALONE
from hopcli.errors import HopError
from hopcli.experiments.capacity import points
from hopcli.experiments.stability import Stability
from hopcli.experiments.trials import Setting
from hopcli.parts import AbstractPart

distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")

# Its own warnings, when a worker is killed on purpose.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
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


def a_worker(cluster):
    """The process of one worker, once both run: after a death that takes a while."""
    end = time.monotonic() + 60
    while not all(worker.pid for worker in cluster.workers.values()):
        assert time.monotonic() < end
        time.sleep(0.05)
    cluster.wait_for_workers(2, timeout=60)
    return next(worker.pid for worker in cluster.workers.values())


def test_a_worker_killed_in_the_middle_changes_nothing(cluster, hop):
    setting = Setting(Polynomial(3), 30, 0.0, 40, seed=2)
    alone = points(Stability(), setting, [40, 50, 60])
    victim = a_worker(cluster)
    with clustered(cluster.scheduler_address) as crew:
        killer = threading.Timer(0.3, os.kill, (victim, 9))
        killer.start()
        assert points(Slowly(), setting, [40, 50, 60], crew=crew) == alone
        killer.join()
    arguments = ["capacity", "--n", 30, "--trials", 20, "--json"]
    there = hop(*arguments, "--cluster", cluster.scheduler_address).json
    here = hop(*arguments).json
    assert {**there, "seconds": None} == {**here, "seconds": None}


@dataclass(frozen=True)
class SlowPart(AbstractPart):
    """Patterns that take long to open."""

    start: int
    patterns: int
    words: np.ndarray
    seconds: float

    def open(self):
        time.sleep(self.seconds)
        return self.words


@pytest.mark.parametrize(
    ("interaction", "schedule", "seconds"),
    [
        (Exponential(), Random(), 0.3),
        (Exponential(0.1), Synchronous(), 0.2),
        (Polynomial(5), Random(), 0.03),
    ],
    ids=["near", "all", "looking ahead"],
)
def test_a_worker_killed_in_the_middle_of_a_recall(cluster, interaction, schedule, seconds):
    rng = np.random.default_rng(3)
    states = rng.choice([-1, 1], (40, 128)).astype(np.int8)
    cues = np.where(rng.random((3, 128)) < 0.1, -states[:3], states[:3])

    def recalled(crew, seconds):
        words = packing.pack(states)
        parts = [SlowPart(k, 10, words[k : k + 10].copy(), seconds) for k in range(0, 40, 10)]
        dynamics = ShardedNetwork(parts, 128, interaction, crew).dynamics()
        return recall(dynamics, cues, schedule=schedule, rng=np.random.default_rng(1))

    victim = a_worker(cluster)
    with clustered(cluster.scheduler_address) as crew:
        killer = threading.Timer(0.3, os.kill, (victim, 9))
        killer.start()
        found = recalled(crew, seconds)
        assert not killer.is_alive()
    for one, other in zip(found, recalled(ALONE, 0.0), strict=True):
        assert np.array_equal(one.state, other.state)
        assert (one.index, one.sweeps, one.energies) == (other.index, other.sweeps, other.energies)


def test_recall_and_classify_on_a_cluster(cluster, hop):
    samples = SAMPLES / "whole"
    hop("store", samples, "--size", "12x12", "-m", "file.npz")
    hop("store", samples, "--size", "12x12", "-m", "folder/", "--shard-size", 9)
    cues = [SAMPLES / "damaged" / name for name in ("A-noisy.png", "R-half.png")]
    for arguments in (
        ["recall", *cues, "--json"],
        ["recall", *cues, "--energy", "classical", "--update", "sync", "--json"],
        ["classify", *cues, "--json"],
    ):
        here = hop(*arguments, "-m", "file.npz").json
        for memory in ("file.npz", "folder"):
            there = hop(*arguments, "-m", memory, "--cluster", cluster.scheduler_address).json
            assert {**there, "seconds": None, "memory": "file.npz"} == {**here, "seconds": None}


def test_what_was_learned_is_not_recalled_by_on_a_cluster(cluster, hop):
    hop("store", SAMPLES / "whole" / "letters", "--size", "12x12")
    arguments = ["recall", SAMPLES / "whole" / "letters" / "A.png", "--energy", "classical"]
    by_patterns = hop(*arguments, "--json").json["recalls"]
    hop("learn")
    arguments += ["--cluster", cluster.scheduler_address]
    assert "give --rule hebbian, or leave --cluster out" in hop(*arguments).error
    assert hop(*arguments, "--rule", "hebbian", "--json").json["recalls"] == by_patterns


def test_pictures_recalled_on_a_cluster(cluster, hop):
    hop("store", SAMPLES / "portraits", "--size", "12x12", "-m", "folder/", "--shard-size", 5)
    cues = sorted((SAMPLES / "damaged-portraits").iterdir())
    arguments = ["recall", *cues, "-m", "folder", "--json"]
    there = hop(*arguments, "--cluster", cluster.scheduler_address).json["recalls"]
    for one, other in zip(there, hop(*arguments).json["recalls"], strict=True):
        assert one["energies"] == pytest.approx(other["energies"], rel=1e-6, abs=1e-6)
        assert (one["name"], one["outcome"]) == (other["name"], other["outcome"])


def test_a_worker_of_another_version_is_said(cluster, hop, monkeypatch):
    hop("store", SAMPLES / "whole" / "letters" / "A.png")
    monkeypatch.setattr(hopcli, "__version__", "9.9")
    arguments = ["recall", SAMPLES / "damaged" / "A-noisy.png", "--cluster"]
    assert "and this is 9.9" in hop(*arguments, cluster.scheduler_address).error


def test_nobody_at_the_address(monkeypatch):
    monkeypatch.setattr("hopcli.cluster.crew.PATIENCE", 0.5)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        said = f"--cluster {address} was given, but no scheduler"
        with pytest.raises(HopError, match=said), clustered(address):
            pass


def test_what_is_no_address_is_refused_at_once_in_one_line(hop):
    hop("store", SAMPLES / "whole" / "letters" / "A.png")
    arguments = ["recall", SAMPLES / "damaged" / "A-noisy.png", "--cluster", "nonsense"]
    ended = subprocess.run(
        [sys.executable, "-m", "hopcli", *map(str, arguments)], capture_output=True, text=True,
        timeout=15, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("hop: error: --cluster nonsense was given, but no scheduler has such")


def test_a_cluster_without_workers(monkeypatch):
    monkeypatch.setattr("hopcli.cluster.crew.PATIENCE", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as empty,
        pytest.raises(HopError, match="has no worker"),
        clustered(empty.scheduler_address),
    ):
        pass
