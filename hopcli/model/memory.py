"""The library's memory: stored patterns, and methods for all that is done with them."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hopcli.errors import HopError, ParameterError
from hopcli.formats.limits import MOST_PIXELS
from hopcli.model.progress import silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.executors import PartitionedExecutor
    from hopcli.model.append import Appended
    from hopcli.model.classify import Classification
    from hopcli.model.dream import Unlearned
    from hopcli.model.forget import Forgotten
    from hopcli.model.generate import Generated
    from hopcli.model.interpret import Interpretation
    from hopcli.model.learn import Learning
    from hopcli.model.progress import Progress
    from hopcli.model.recall import Recall
    from hopcli.storage.memory_file import AbstractMemory
    from hopcli.storage.memory_limit import MemoryLimit

# Patterns on the contact sheet that a notebook shows of a memory.
SHOWN = 40


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

    def recall(
        self,
        cue: Any,
        *,
        energy: str | None = None,
        rule: str | None = None,
        similarity: str | None = None,
        update: str | None = None,
        order: str | None = None,
        max_sweeps: int | None = None,
        temperature: float | None = None,
        anneal: str | None = None,
        noise: float | None = None,
        occlude: str | float | None = None,
        mask: str | Path | None = None,
        clamp: bool | None = None,
        threshold: str | float | None = None,
        align: str | None = None,
        top: int | None = None,
        accept: float | None = None,
        seed: int = 0,
        film: bool = False,
        frames: str = "first",
        max_pixels: int = MOST_PIXELS,
        executor: "PartitionedExecutor | None" = None,
        progress: "Progress" = silent,
        **parameters: Any,
    ) -> "Recall | list[Recall]":
        """Run the network from a cue until nothing changes.

        Args:
            cue: a path (of a picture, an array, a table, letters in text or a folder), a typed
                pattern such as "+-+-", a Pillow picture, or an array
                of shape (N,), (h, w) or (h, w, 3): ±1 (0: unknown), 0/1, bool, or levels (NaN:
                unknown). A sequence of these, or an array with one more axis, gives a list.
            energy: "classical", "poly", "exp" (the default) or "boltzmann" of a binary memory,
                "lse" of a grey or coloured one.
            rule: "hebbian" ignores learned weights (energy "classical").
            similarity: "l2" (the default), "l1", "dot" or "cosine" (energy "lse").
            update: "async" (the default) or "sync".
            order: "random" (the default) or "sequential", of asynchronous updates.
            max_sweeps: stop after so many, by default 100.
            temperature: of a sample, in the energy's units, above 0.
            anneal: "T0:T1" or "T0:T1:SWEEPS".
            noise: the probability that a neuron of the cue is flipped, or the deviation of the
                noise added to its levels, 0 to 1.
            occlude: "left", "right", "top", "bottom", or a fraction of the pixels to hide.
            mask: a picture, white where pixels are known.
            clamp: whether known neurons are held still.
            threshold: the level that separates dark from bright in a cue, by default Otsu's.
            align: "auto" lays cues over the stored pictures (moved, turned, scaled, mirrored, of
                another light, partly covered) before the network runs, "off" does not; by default
                pictures are aligned and arrays are not.
            top: how many of the stored patterns are named that explain a cue best, by default 5.
            accept: the probability from which on a match is "sure", by default 0.95.
            seed: of everything random; the same seed gives the same result.
            film: whether states along the way are kept.
            frames: "first" or "all", of animations and of pages.
            max_pixels: the most that a picture may have.
            executor: works on parts of the patterns (`hopcli.cluster`).
            progress: called with the share of the sweeps or cues that is done.
            **parameters: those of the energy: `degree` of "poly", `beta` of "exp" and "lse".

        Returns:
            A `Recall`, or a list of them.

        Raises:
            ParameterError: a parameter has no effect in this network, or another value is needed.
            PictureError: a cue cannot be read, or does not fit.

        Sources: Hopfield 1982; Krotov and Hopfield 2016 (poly); Demircigil et al. 2017 (exp);
        Ramsauer et al. 2020 (lse).

        Examples:
            >>> import numpy as np, hopcli
            >>> patterns = np.sign(np.random.default_rng(0).standard_normal((3, 100))).astype(int)
            >>> found = hopcli.Memory(patterns).recall(patterns[1], noise=0.2, seed=0)
            >>> found
            Recall(memory: 'x[1]', overlap 1.000)
            >>> bool((found.state == patterns[1]).all())
            True
        """
        from hopcli.model import recall

        given = {
            "energy": energy, "rule": rule, "similarity": similarity, "update": update,
            "order": order, "max_sweeps": max_sweeps, "temperature": temperature,
            "anneal": anneal, "noise": noise, "occlude": occlude, "mask": mask,
            "clamp": clamp, "threshold": threshold, "align": align, "top": top,
            "accept": accept, **parameters,
        }  # fmt: skip
        ready = recall.prepare(
            self,
            cue,
            given,
            seed=seed,
            film=film,
            max_pixels=max_pixels,
            executor=executor,
            frames=frames,
        )
        ready.compare()
        found = ready.run(progress)
        return found if ready.cues.many else found[0]

    def classify(
        self,
        picture: Any,
        *,
        beta: float | str | None = None,
        lambda_: float | None = None,
        rule: str | None = None,
        threshold: str | float | None = None,
        align: str | None = None,
        accept: float | None = None,
        max_pixels: int = MOST_PIXELS,
        executor: "PartitionedExecutor | None" = None,
    ) -> "Classification | list[Classification]":
        """Find the label of a picture: it is clamped, and label neurons settle beside the patterns.

        Args:
            picture: as the cue of `recall`; several give a list.
            beta: the sharpness of the memory neurons, above 0; "auto" (the default) for that by
                which the patterns classify each other best.
            lambda_: λ, the strength of the labels' synapses, above 0, by default 1.5.
            rule: "dense" for the memories of `learn("dense")`, "none" for the stored patterns; by
                default what was learned, if anything was.
            threshold: the level that separates dark from bright in a picture, by default Otsu's.
            align: "auto" lays pictures over the stored ones first, as of `recall`, "off" does not;
                by default pictures are aligned and arrays are not, and neither after
                `learn("dense")`.
            accept: the probability from which on a match is "sure", by default 0.95.
            max_pixels: the most that a picture may have.
            executor: works on parts of the patterns (`hopcli.cluster`).

        Returns:
            A `Classification`, or a list of them.

        Raises:
            HopError: the memory has no labels.
            ParameterError: a parameter has no effect, or another value is needed.
            PictureError: a picture cannot be read, or does not fit.

        Source: Hoover et al. 2022 (the label neurons); Krotov and Hopfield 2016 (dense).

        Examples:
            >>> import numpy as np, hopcli
            >>> x = np.sign(np.random.default_rng(0).standard_normal((4, 64))).astype(int)
            >>> memory = hopcli.Memory(x, labels=["cat", "cat", "dog", "dog"])
            >>> found = memory.classify(x[3])
            >>> found.label, round(sum(found.probabilities.values()), 6)
            ('dog', 1.0)
        """
        from hopcli.model import classify

        ready = classify.prepare(
            self, picture, beta=beta, lambda_=lambda_, rule=rule, threshold=threshold,
            alignment={"align": align, "accept": accept}, max_pixels=max_pixels,
            executor=executor,
        )  # fmt: skip
        ready.compare()
        found = ready.run()
        return found if ready.cues.many else found[0]

    def generate(
        self,
        label: str,
        *,
        count: int | None = None,
        beta: float | str | None = None,
        seed: int = 0,
        film: bool = False,
    ) -> "Generated | list[Generated]":
        """Let a picture form from noise under a label that is clamped.

        Args:
            label: one of the memory's.
            count: how many pictures; a number, even 1, gives a list.
            beta: the sharpness of the memory neurons, above 0; "auto" (the default) as of `recall`.
            seed: of the noise.
            film: whether states along the way are kept.

        Returns:
            A `Generated`, or a list of them.

        Raises:
            HopError: the memory has no labels.
            ParameterError: there is no such label, or a value is out of range.

        Source: Hoover et al. 2022.

        Examples:
            >>> import numpy as np, hopcli
            >>> x = np.random.default_rng(0).integers(0, 256, (4, 8, 8), dtype=np.uint8)
            >>> memory = hopcli.Memory(x, labels=["cat", "cat", "dog", "dog"])
            >>> made = memory.generate("dog", seed=1)
            >>> made.label, made.picture.size
            ('dog', (8, 8))
        """
        from hopcli.model import generate

        many = 1 if count is None else count
        ready = generate.prepare(self, label, count=many, beta=beta, seed=seed, film=film)
        made = ready.run()
        return made[0] if count is None else made

    def interpret(
        self,
        picture: Any,
        *,
        threshold: str | float | None = None,
        max_pixels: int = MOST_PIXELS,
    ) -> "Interpretation | list[Interpretation]":
        """Find the hidden neurons of the memory's Boltzmann machine that a picture turns on.

        Args:
            picture: as the cue of `recall`; several give a list.
            threshold: the level that separates dark from bright, by default Otsu's.
            max_pixels: the most that a picture may have.

        Returns:
            An `Interpretation`, or a list of them.

        Raises:
            HopError: the memory has no machine; learn one with `learn("boltzmann")`.
            PictureError: a picture cannot be read, or does not fit.

        Source: Ackley, Hinton and Sejnowski 1985.
        """
        from hopcli.model import interpret

        ready = interpret.prepare(self, picture, threshold=threshold, max_pixels=max_pixels)
        found = ready.run()
        return found if ready.cues.many else found[0]

    def _repr_png_(self) -> bytes:
        """Return a contact sheet of the patterns, for notebooks."""
        from hopcli.model.pictured import contact_sheet, png_of

        some = self.stored.states(slice(0, SHOWN))
        return png_of(contact_sheet([self.stored.picture(state) for state in some]))

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
