"""Trials and recalls on a dask cluster whose workers come and go."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from conftest import SAMPLES
from processes import HANGS, awaited, kill_when

import hopcli
from hopcli.binary import packing
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Synchronous
from hopcli.binary.sharded import ShardedNetwork
from hopcli.cluster.executor import cluster_executor
from hopcli.errors import HopError
from hopcli.executors import SERIAL
from hopcli.experiments.capacity import points
from hopcli.experiments.stability import Stability
from hopcli.experiments.trials import Setting
from hopcli.parts import AbstractPart

distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")

# Its own warnings, when a worker is killed on purpose.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def cluster():
    try:
        running = distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
            silence_logs=50,
        )  # fmt: skip
    except (OSError, TimeoutError) as error:
        pytest.skip(f"a cluster cannot be started here: {error}")
    with running:
        yield running


@pytest.fixture
def both(cluster):
    """The cluster once two workers are there.

    A nanny that cannot start its worker again after a death gives up and says nothing. Another
    worker is added then, and the test is skipped if none of several comes.
    """
    started = len(cluster.worker_spec)
    for workers in range(started, started + 4):
        cluster.scale(workers)
        try:
            cluster.wait_for_workers(2, timeout=60)
        except TimeoutError:
            continue
        return cluster
    pytest.skip("workers that were killed are not started again here")


@contextmanager
def killing(folder):
    """Kill the worker that first waits for it in this folder, while the block goes on."""
    killer = threading.Thread(target=kill_when, args=[folder / "at-work", folder / "killed"])
    killer.start()
    yield
    killer.join()


def wait_to_be_killed(folder):
    """Let this process be killed, unless one has been killed before."""
    if not (folder / "killed").exists():
        # Complete from the first moment that it is there.
        own = folder / f"{os.getpid()}"
        own.write_text(str(os.getpid()))
        own.replace(folder / "at-work")
        awaited((folder / "killed").exists)


@dataclass(frozen=True)
class Killed(Stability):
    """A worker is killed in the middle of it."""

    folder: Path

    def run(self, trials):
        wait_to_be_killed(self.folder)
        return super().run(trials)


def test_a_worker_killed_in_the_middle_changes_nothing(both, hop, folder):
    setting = Setting(Polynomial(3), 30, 0.0, 40, seed=2)
    alone = points(Stability(), setting, [40, 50, 60])
    with cluster_executor(both.scheduler_address) as executor, killing(folder):
        assert points(Killed(folder), setting, [40, 50, 60], executor=executor) == alone
    arguments = ["capacity", "--n", 30, "--trials", 20, "--json"]
    there = hop(*arguments, "--cluster", both.scheduler_address).json
    here = hop(*arguments).json
    assert {**there, "seconds": None} == {**here, "seconds": None}


@dataclass(frozen=True)
class DeadlyPart(AbstractPart):
    """Patterns that cost a worker its life when they are first opened."""

    start: int
    patterns: int
    words: np.ndarray
    folder: Path

    def open(self):
        wait_to_be_killed(self.folder)
        return self.words


@pytest.mark.parametrize(
    ("interaction", "schedule"),
    [(Exponential(), Random()), (Exponential(0.1), Synchronous()), (Polynomial(5), Random())],
    ids=["near", "all", "looking ahead"],
)
def test_a_worker_killed_in_the_middle_of_a_recall(both, folder, interaction, schedule):
    rng = np.random.default_rng(3)
    states = rng.choice([-1, 1], (40, 128)).astype(np.int8)
    cues = np.where(rng.random((3, 128)) < 0.1, -states[:3], states[:3])

    def recalled(executor):
        words = packing.pack(states)
        parts = [DeadlyPart(k, 10, words[k : k + 10].copy(), folder) for k in range(0, 40, 10)]
        dynamics = ShardedNetwork(parts, 128, interaction, executor).dynamics(1)
        return recall(dynamics, cues, schedule=schedule, rng=np.random.default_rng(1))

    with cluster_executor(both.scheduler_address) as executor, killing(folder):
        found = recalled(executor)
    for one, other in zip(found, recalled(SERIAL), strict=True):
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
    arguments = ["recall", *cues, "-m", "folder", "--align", "off", "--json"]
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
    monkeypatch.setattr("hopcli.cluster.executor.PATIENCE", 0.5)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        said = f"cluster={address!r} was given, but no scheduler"
        with pytest.raises(HopError, match=said), cluster_executor(address):
            pass


def test_what_is_no_address_is_refused_at_once_in_one_line(hop):
    hop("store", SAMPLES / "whole" / "letters" / "A.png")
    arguments = ["recall", SAMPLES / "damaged" / "A-noisy.png", "--cluster", "nonsense"]
    ended = subprocess.run(
        [sys.executable, "-m", "hopcli", *map(str, arguments)], capture_output=True, text=True,
        timeout=HANGS, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("hop: error: --cluster nonsense was given, but no scheduler has such")


def test_a_cluster_without_workers(monkeypatch):
    monkeypatch.setattr("hopcli.cluster.executor.PATIENCE", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as empty,
        pytest.raises(HopError, match="has no worker"),
        cluster_executor(empty.scheduler_address),
    ):
        pass
