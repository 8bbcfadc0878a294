"""Memories for the tests of the page."""

import json

import numpy as np

from hopcli.binary import packing
from hopcli.model.memory import Memory
from hopcli.model.page.data import page_data
from hopcli.model.page.memory import PageMemory
from hopcli.storage.memory_file import memory_of
from hopcli.storage.memory_limit import MemoryLimit
from hopcli.web.messages import message

MAX_PIXELS = 10_000


def shown(memory, name="memory.npz"):
    """A memory of the storage layer as the page shows it, in its own shape."""
    return PageMemory(memory, name, MAX_PIXELS)


def folded(memory, name="memory.npz"):
    """The same, with rows as rectangles where that is possible."""
    return PageMemory.of(Memory.of(memory, None, MemoryLimit()), name, MAX_PIXELS)


def binary_memory(states, labels=None):
    """A memory of ±1 states of shape (K, N), named 0.png, 1.png, …"""
    states = np.asarray(states, dtype=np.int8)
    count = len(states)
    names = [f"{k}.png" for k in range(count)]
    memory = memory_of(
        "binary", (1, states.shape[1]), packing.pack(states), names, labels or [None] * count
    )
    return shown(memory)


def picture_memory(count=12, shape=(6, 5), mode="gray", labels="abc", seed=0):
    """A memory of random grey or coloured pictures that bear the labels in turn."""
    rng = np.random.default_rng(seed)
    full = (*shape, 3) if mode == "rgb" else shape
    patterns = rng.integers(256, size=(count, np.prod(full)), dtype=np.uint8)
    names = [f"{k}.png" for k in range(count)]
    given = [labels[k % len(labels)] for k in range(count)] if labels else [None] * count
    return shown(memory_of(mode, full, patterns, names, given))


def packed(memory, *, complete=True):
    """A memory as a message to the page."""
    return message(*page_data(memory, complete=complete))


def unpacked(message):
    """The JSON object of a message of the page, with its arrays by name."""
    end = 4 + int.from_bytes(message[:4], "little")
    plain = json.loads(message[4:end])
    for name, kind, count in plain.pop("arrays"):
        plain[name] = np.frombuffer(message, kind, count, end)
        end += -(-plain[name].nbytes // 8) * 8
    return plain
