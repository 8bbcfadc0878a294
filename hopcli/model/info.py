"""What a memory holds: counts, load against capacity, and the closest pair of patterns."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hopcli.model.memory import Memory
    from hopcli.storage.memories import Verified
    from hopcli.storage.memory_file import AbstractMemory
    from hopcli.storage.memory_file import Memory as StoredMemory

# Bytes of patterns that the search for the closest pair may compare, which takes some seconds.
PAIR_BYTES = 2**33
# Overlaps that are computed at once.
AT_ONCE = 2**22


@dataclass(frozen=True)
class Pair:
    """Two patterns.

    Attributes:
        names: of both.
        indices: of both, ascending.
        overlap: (1/N) Σ ξ_i ξ'_i; of levels, the cosine of the mean-free pictures.
    """

    names: tuple[str, str]
    indices: tuple[int, int]
    overlap: float


@dataclass(frozen=True)
class Info:
    """What a memory holds.

    Attributes:
        patterns: K.
        neurons: N.
        shape: of a pattern.
        mode: binary, gray or rgb.
        labels: the number of patterns of each label.
        unlabelled: the number of patterns without a label.
        load: K / N.
        capacity: for a binary memory, the published capacities for random patterns, by energy.
        learned: what was learned from the patterns, in words.
        closest: the two patterns that are most alike; None if there is one pattern, or too many to
            search.
        bytes: the size on the disk; None if the memory is only in memory.
        checked: what was compared with its checksums; None if that was not asked for.
    """

    patterns: int
    neurons: int
    shape: tuple[int, ...]
    mode: str
    labels: dict[str, int]
    unlabelled: int
    load: float
    capacity: tuple[dict[str, Any], ...]
    learned: tuple[str, ...]
    closest: Pair | None
    bytes: int | None
    checked: "Verified | None"

    def answer(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        return asdict(self)


def info(memory: "Memory", *, check: bool = False) -> Info:
    """Describe a memory.

    Args:
        memory: of any mode, one file or shards.
        check: whether the files are read in full and compared with their checksums and digests.

    Raises:
        MemoryFileError: with `check`, a file is damaged.
    """
    import numpy as np

    from hopcli.storage import memories

    stored, path = memory.stored, memory.path
    labels = stored.all_labels()
    counts = np.bincount(labels[labels >= 0], minlength=len(stored.label_names)).tolist()
    return Info(
        len(stored),
        stored.neurons,
        stored.shape,
        stored.mode,
        dict(zip(stored.label_names.tolist(), counts, strict=True)),
        int((labels < 0).sum()),
        len(stored) / stored.neurons,
        tuple(_capacity(stored.neurons)) if stored.mode == "binary" else (),
        tuple(each.title for each in stored.learned),
        _closest(stored),
        None if path is None else memories.size_of(path),
        memories.verify(path) if check and path else None,
    )


def _capacity(neurons: int) -> list[dict[str, Any]]:
    """Return how many random patterns each interaction holds, as published."""
    from hopcli.binary import interactions
    from hopcli.experiments import theory

    return [
        {"energy": name, **asdict(prediction)}
        for name in interactions.names()
        for prediction in theory.predictions(
            interactions.make(name), neurons, error=0.01, noise=0.0
        )
    ]


def _closest(memory: "AbstractMemory") -> Pair | None:
    """Return the two patterns that are most alike: by overlap, or levels by distance."""
    import numpy as np

    from hopcli.continuous import overlap as pictures
    from hopcli.storage.memory_file import Memory

    count = len(memory)
    if count < 2 or not isinstance(memory, Memory) or count * memory.patterns.nbytes > PAIR_BYTES:
        return None
    likeness = _likeness(memory)
    best = (-np.inf, 0, 0)
    rows = max(1, AT_ONCE // count)
    for start in range(0, count, rows):
        block = memory.states(slice(start, start + rows))
        found = likeness(block)
        found[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        row, other = np.unravel_index(found.argmax(), found.shape)
        best = max(best, (float(found[row, other]), -(start + int(row)), -int(other)))
    low, high = sorted((-best[1], -best[2]))
    one, other = memory.states(np.array([low, high])).astype(np.float64)
    binary = memory.mode == "binary"
    overlap = float(one @ other) / memory.neurons if binary else pictures.overlap(one, other)
    return Pair((memory.name(low), memory.name(high)), (low, high), overlap)


def _likeness(memory: "StoredMemory") -> "Callable[[NDArray[Any]], NDArray[Any]]":
    """Return a function of states, (rows, N), whose values, (rows, K), rise with likeness."""
    import numpy as np

    if memory.mode == "binary":
        from hopcli.binary.stored import overlaps_with

        overlaps = overlaps_with(memory.patterns, memory.neurons, len(memory))
        return lambda states: overlaps(states).astype(np.float64)
    from hopcli.continuous.byte_patterns import BytePatterns

    patterns = BytePatterns.suited(memory.patterns, len(memory))
    return lambda states: -patterns.squared_distances(states)
