"""A memory, of one file or several, against a plain list: whatever is done to it, in any order."""

import contextlib
import random
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from faults import DiedError, Faults
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from mutations import mutated

from hopcli.binary import packing
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Sequential
from hopcli.errors import HopError
from hopcli.storage import memories, memory_file, sharding
from hopcli.storage.lock import locked
from hopcli.storage.memory_file import appended, memory_of

NEURONS = 70
LABELS = (None, "a", "b", "c")
# A pattern: its name, its label and the seed of its bits.
PATTERNS = st.lists(
    st.tuples(st.text("ab/é\udcff\n", min_size=1), st.sampled_from(LABELS), st.integers(0, 99)),
    min_size=1, max_size=4,
)  # fmt: skip


def bits(seed):
    return np.random.default_rng(seed).choice([-1, 1], NEURONS).astype(np.int8)


def made(patterns):
    names, labels, seeds = zip(*patterns, strict=True)
    states = np.array([bits(seed) for seed in seeds])
    return memory_of("binary", (7, 10), packing.pack(states), list(names), list(labels))


class MemoryMachine(RuleBasedStateMachine):
    """`model` is what the memory holds, a list; empty if there is none."""

    def __init__(self):
        super().__init__()
        self.place = Path(tempfile.mkdtemp())
        self.model = []

    def teardown(self):
        shutil.rmtree(self.place)

    @initialize(size=st.sampled_from([None, 1, 2, 3]))
    def begin(self, size):
        """A file; or a folder of shards of this size."""
        self.size = size
        self.path = self.place / ("m.npz" if size is None else "m")

    def write(self, patterns, *, keep):
        with locked(self.path):
            new = made(patterns)
            if self.size is not None:
                sharding.store(self.path, [new], size=self.size, keep=keep)
            elif keep and self.path.exists():
                memory_file.save(appended(memory_file.load(self.path), new), self.path)
            else:
                memory_file.save(new, self.path)

    @rule(patterns=PATTERNS)
    def store(self, patterns):
        self.write(patterns, keep=False)
        self.model = list(patterns)

    @rule(patterns=PATTERNS)
    def append(self, patterns):
        self.write(patterns, keep=True)
        self.model = self.model + patterns

    @rule(patterns=PATTERNS, keep=st.booleans(), at=st.integers(0, 60), dying=st.booleans())
    def fail(self, patterns, keep, at, dying):
        """A writer that is killed, or has a fault, at one of its calls, writes all or nothing."""
        after = [*self.model, *patterns] if keep else list(patterns)
        with pytest.MonkeyPatch.context() as context:
            faults = Faults(context, at, dying=dying)
            with contextlib.suppress(OSError, HopError, DiedError):
                self.write(patterns, keep=keep)
        held = self.held()
        assert faults.failed or held == after
        assert held in (self.model, after)
        self.model = held

    @precondition(lambda self: self.model)
    @rule(seed=st.integers(0, 2**32))
    def damage(self, seed):
        """Damage is refused or changes nothing; the file comes back from a copy."""
        rng = random.Random(seed)
        files = [self.path]
        if self.path.is_dir():
            files = sorted(self.path.glob("[!.]*"))
        file = rng.choice(files)
        content = file.read_bytes()
        file.write_bytes(mutated(content, rng))
        with contextlib.suppress(HopError):
            assert self.held() == self.model
        file.write_bytes(content)

    @precondition(lambda self: self.model)
    @rule(which=st.integers(0, 10**6))
    def recall(self, which):
        """What is stored is recalled, by its own name."""
        _, _, seed = self.model[which % len(self.model)]
        memory = memories.load(self.path)
        whole = memory.whole()
        dynamics = PlainDynamics.of(Exponential(), whole.patterns, NEURONS)
        (found,) = recall(dynamics, bits(seed)[None], schedule=Sequential(),
                          rng=np.random.default_rng(0))  # fmt: skip
        # The first of those with the same bits.
        first = next(row for row in self.model if row[2] == seed)
        assert (memory.name(found.index), memory.label(found.index)) == first[:2]
        assert np.array_equal(found.state, bits(seed))

    @rule()
    def read(self):
        assert self.held() == self.model

    def held(self):
        """What the memory holds, as the model has it."""
        try:
            memory = memories.load(self.path)
        except HopError as error:
            # The last one is a folder in which its first writer died before it made an index.
            nothing = ("there is no memory", "not finished", "is a folder and no memory of hop")
            if not any(words in str(error) for words in nothing):
                raise
            if self.model:
                raise AssertionError("the memory is gone") from error
            return []
        states = memory.states(slice(None))
        seeds = {bits(seed).tobytes(): seed for seed in range(99, -1, -1)}
        return [
            (memory.name(k), memory.label(k), seeds[states[k].tobytes()])
            for k in range(len(memory))
        ]


MemoryMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=12)
test_a_memory_is_what_a_list_would_be = MemoryMachine.TestCase
