"""What the tests share: the command line in this process, and small memories to try it on."""

import os

# Before NumPy is loaded, here and in all processes that tests start: a second thread of OpenBLAS
# waits by spinning, and took as much of the processor again as the matrices of the tests.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

from hopcli.cli.main import main

# No example fails for being slow. On a machine that decides, the examples are the same every time.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("decides", settings.get_profile("any machine"), derandomize=True)
settings.load_profile("decides" if os.environ.get("CI") else "any machine")

SAMPLES = Path(__file__).parent.parent / "sample_patterns"


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON object and nothing else."""
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """Standard error, which must be one line of an error."""
        assert self.code in (1, 2), (self.code, self.out, self.err)
        lines = [line for line in self.err.splitlines() if not line.startswith("hop: note: ")]
        assert len(lines) == 1, self.err
        assert lines[0].startswith("hop: error: ")
        assert self.out == ""
        return lines[0]


@pytest.fixture
def hop(capsys, monkeypatch):
    """Run `hop ARGUMENTS…` in this process."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hop", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Answer(ended.value.code or 0, out, err)

    return run


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Every test works in a folder of its own, without waiting for the disk.

    What is written must survive a process that dies, which needs no fsync, and not a loss of power.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    monkeypatch.delenv("HOP_MEMORY", raising=False)
    return tmp_path


def picture(path, state, shape):
    """Write ±1 (0: transparent) as a picture."""
    pixels = np.asarray(state).reshape(shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    gray = np.where(pixels > 0, 255, 0).astype(np.uint8)
    if (pixels == 0).any():
        gray = np.dstack([gray, np.where(pixels != 0, 255, 0).astype(np.uint8)])
    Image.fromarray(gray).save(path)


@pytest.fixture
def random_memory(hop, folder):
    """A memory of random patterns with labels a and b, and the patterns themselves."""

    def make(patterns=6, shape=(16, 16), seed=0):
        states = np.random.default_rng(seed).choice([-1, 1], (patterns, shape[0] * shape[1]))
        for k, state in enumerate(states):
            picture(folder / "pictures" / "ab"[k % 2] / f"{k}.png", state, shape)
        answer = hop("store", "pictures", "--json").json
        assert answer["patterns"] == patterns
        with np.load("memory.npz") as members:
            order = [str(name) for name in members["names"]]
        index = [int(Path(name).stem) for name in order]
        return states[index].astype(np.int8), order

    return make
