"""The library's memory: stored patterns, and methods for all that is done with them."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hopcli.errors import HopError, ParameterError
from hopcli.model.progress import silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.model.append import Appended
    from hopcli.model.dream import Unlearned
    from hopcli.model.forget import Forgotten
    from hopcli.model.learn import Learning
    from hopcli.model.progress import Progress
    from hopcli.storage.memory_file import AbstractMemory
    from hopcli.storage.memory_limit import MemoryLimit


class Memory:
    """Stored patterns with their names and labels, and what was learned from them.

    Args:
        x: patterns of shape (K, N), (K, h, w) or (K, h, w, 3): ±1, 0/1 or bool, or levels (uint8,
            or floats in [0, 1]).
        names: K strings; by default `x[0]`, `x[1]`, ...
        labels: K labels, None where a pattern has none.
        mode: "auto" (binary if there are only two of ±1, 0/1 or bool, else gray or rgb), "binary",
            "gray" or "rgb".

    Attributes:
        stored: the storage layer's memory, one file or shards; replaced by what changes it.
        path: where it was loaded from or saved to last; None if it is only in memory.
        limit: how much memory its content and what is learned from it may take.

    Raises:
        HopError: an array of another shape, or with other values.
    """

    stored: "AbstractMemory"
    path: Path | None
    limit: "MemoryLimit"

    def __init__(
        self,
        x: "NDArray[Any]",
        *,
        names: Sequence[str] | None = None,
        labels: Sequence[str | None] | None = None,
        mode: str = "auto",
    ) -> None:
        from hopcli.model import patterns

        self.stored = patterns.stored(x, names, labels, mode)
        self.path, self.limit = None, memory_limit(None)

    @classmethod
    def of(cls, stored: "AbstractMemory", path: Path | None, limit: "MemoryLimit") -> "Memory":
        """Wrap a memory of the storage layer.

        Args:
            stored: one file or shards.
            path: where it is; None if it is only in memory.
            limit: how much memory it may take.
        """
        memory = cls.__new__(cls)
        memory.stored, memory.path, memory.limit = stored, path, limit
        return memory

    def __len__(self) -> int:
        return len(self.stored)

    def __repr__(self) -> str:
        size = "×".join(str(side) for side in self.shape)
        return f"Memory({len(self)} {self.mode} patterns of {size})"

    @property
    def mode(self) -> str:
        """What a neuron holds: "binary" (±1), "gray" or "rgb" (levels)."""
        return self.stored.mode

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a pattern: (h, w), (h, w, 3), or (1, N) for the rows of an array."""
        return self.stored.shape

    @property
    def neurons(self) -> int:
        """N, the number of neurons."""
        return math.prod(self.shape)

    @property
    def names(self) -> list[str]:
        """The name of every pattern, in the order in which they are stored."""
        return [name for part in self.stored.parts() for name in part.names.tolist()]

    @property
    def labels(self) -> list[str | None]:
        """The label of every pattern, None where it has none."""
        names = [*self.stored.label_names.tolist(), None]
        return [names[label] for label in self.stored.all_labels().tolist()]

    @property
    def patterns(self) -> "NDArray[np.int8 | np.uint8]":
        """The patterns, shape (K, N): ±1 of int8, or levels of uint8."""
        whole = self.stored.whole()
        return whole.states(slice(None)) if self.mode == "binary" else whole.patterns

    @property
    def title(self) -> str:
        """What errors call the memory: its path, or "the memory"."""
        return "the memory" if self.path is None else str(self.path)

    def learn(
        self,
        rule: str = "projection",
        *,
        seed: int = 0,
        progress: "Progress" = silent,
        **parameters: Any,
    ) -> "Learning":
        """Learn weights, or something else, from the patterns, and keep it in the memory.

        Args:
            rule: what is learned: "hebbian", "projection", "storkey" or "perceptron", which are
                rules for weights; "boltzmann", a machine with hidden neurons; "dense", memories
                that classify.
            seed: of random numbers, for rules that use them.
            progress: called with the share that is done and a few words.
            parameters: of the rule, such as bias=True, margin=1.0 or hidden=100; None for a
                default.

        Raises:
            ParameterError: there is no such rule, it has no such parameter, or a value is out of
                range.
            HopError: the memory has not what the rule takes, or it takes more memory than its
                limit.

        Examples:
            >>> import numpy as np, hopcli
            >>> memory = hopcli.Memory(np.array([[1, 1, -1, -1, 1], [1, -1, 1, -1, 1]]))
            >>> memory.learn("projection").stable
            1.0
        """
        from hopcli.model.learn import learn

        return learn(self, rule, seed=seed, progress=progress, **parameters)

    def append(
        self,
        y: "NDArray[Any]",
        *,
        names: Sequence[str] | None = None,
        labels: Sequence[str | None] | None = None,
    ) -> "Appended":
        """Add patterns; the memory's file stays as it is until `save`.

        Args:
            y: patterns of the memory's mode, of shape (K, N), (K, h, w) or (K, h, w, 3).
            names: K strings; by default `y[0]`, `y[1]`, ...
            labels: K labels, None where a pattern has none.

        Raises:
            HopError: the patterns are of another size, or have other values than the mode's.

        Examples:
            >>> import numpy as np, hopcli
            >>> memory = hopcli.Memory(np.array([[1, 1, -1, -1]]))
            >>> memory.append(np.array([[1, -1, 1, -1]]), names=["b"]).answer()
            {'added': 1, 'patterns': 2}
        """
        from hopcli.model.append import append

        return append(self, y, names=names, labels=labels)

    def forget(self, *names: str) -> "Forgotten":
        """Remove patterns; the memory's file stays as it is until `save`.

        Args:
            names: of patterns, as they are stored, or what follows a slash in them.

        Raises:
            HopError: no pattern has a name, several have, or none would be left.

        Examples:
            >>> import numpy as np, hopcli
            >>> x = np.array([[1, 1, -1, -1], [1, -1, 1, -1]])
            >>> memory = hopcli.Memory(x, names=["pictures/a.png", "pictures/b.png"])
            >>> memory.forget("a.png").answer()
            {'removed': ['pictures/a.png'], 'patterns': 1}
        """
        from hopcli.model.forget import forget

        return forget(self, names)

    def dream(
        self,
        *,
        steps: int | None = None,
        rate: float | None = None,
        seed: int = 0,
        progress: "Progress" = silent,
    ) -> "Unlearned":
        """Unlearn spurious minima: settle from random states and subtract where they end.

        The weights of the step at which the patterns were most stable are kept (Hopfield,
        Feinstein and Palmer 1983, Nature 304:158).

        Args:
            steps: at most, 1 or more; None for patterns / rate, which is beyond the optimum.
            rate: ε, from 1e-6 to 1, relative to one pattern's Hebbian weight; None for 0.01.
            seed: of the random states.
            progress: called with the share that is done and a few words.

        Raises:
            HopError: the memory is not binary, or its weights take more memory than its limit.
            ParameterError: steps or rate is out of range.

        Examples:
            >>> import numpy as np, hopcli
            >>> memory = hopcli.Memory(np.random.default_rng(0).choice([-1, 1], (12, 60)))
            >>> memory.dream(steps=200).after.stable
            1.0
        """
        from hopcli.model.dream import dream

        return dream(self, steps=steps, rate=rate, seed=seed, progress=progress)

    def save(self, path: str | Path | None = None, *, force: bool = False) -> int:
        """Write the memory to a file, whole or not at all.

        Args:
            path: the file, by default the one that the memory was loaded from.
            force: whether an existing file is replaced.

        Returns:
            The file's size in bytes.

        Raises:
            FileExistsError: there is a file, and `force` is False.
            HopError: no path was given and the memory has none.
        """
        from hopcli.storage import memory_file

        to = self.path if path is None else Path(path)
        if to is None:
            raise HopError("the memory has no file yet; give a `path` to save it to")
        if to.exists() and not force:
            raise FileExistsError(f"{to} exists; give force=True to replace it")
        size = memory_file.save(self.stored.whole(), to)
        self.path = to
        return size


def load(path: str | Path, *, max_memory: str | int | None = None) -> Memory:
    """Open a memory file, or a folder of shards.

    Args:
        path: a file or a folder written by `Memory.save` or `hop store`.
        max_memory: the most memory that the content may take, in bytes or as "2G"; None or "half"
            for half of the machine's.

    Raises:
        MemoryFileError: there is no memory, or it is damaged, or of a newer version.
        HopError: it takes more memory than it may.
    """
    from hopcli.storage import memories

    limit = memory_limit(max_memory)
    return Memory.of(memories.load(Path(path), limit), Path(path), limit)


@contextmanager
def changing(path: Path, *, max_memory: str | int | None = None) -> Iterator[Memory]:
    """Open a memory that is to be changed, and keep others from changing it until the block ends.

    Args:
        path: a file or a folder of shards.
        max_memory: as for `load`.

    Raises:
        HopError: as `load` does, or somebody else is changing it.
    """
    from hopcli.storage.lock import locked

    with locked(path):
        yield load(path, max_memory=max_memory)


def memory_limit(given: str | int | None) -> "MemoryLimit":
    """Read a number of bytes, with K, M, G or T for powers of 1,024; "half" for half the machine's.

    Raises:
        ParameterError: it is neither.
    """
    from hopcli.storage.memory_limit import MemoryLimit

    if given in (None, "half"):
        return MemoryLimit()
    text = str(given).upper().removesuffix("B").removesuffix("I")
    power = "KMGT".find(text[-1:]) + 1 if text else 0
    digits = text[:-1] if power else text
    try:
        size = float(digits) * 1024**power
    except ValueError:
        size = math.nan
    if not 1 <= size <= 2**62:
        need = "it takes bytes, as 2G, 500M or 1000000"
        raise ParameterError("max_memory", given, need, "try `max_memory=2G`")
    return MemoryLimit(int(size))
