"""Alignment: which stored picture a cue shows, how it was damaged, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from hopcli.alignment import first
from hopcli.alignment.first import First
from hopcli.errors import ParameterError
from hopcli.formats import cues as files
from hopcli.model import options
from hopcli.model.cues import Cues
from hopcli.model.distances import distances
from hopcli.model.partition import Partition, partition
from hopcli.model.progress import Progress, silent

if TYPE_CHECKING:
    from hopcli.alignment.result import Alignment
    from hopcli.alignment.search import Index
    from hopcli.executors import PartitionedExecutor
    from hopcli.formats.pictures import Picture
    from hopcli.model.memory import Memory
    from hopcli.storage.memory_file import AbstractMemory

    Correction = tuple[float, float]

SURE, DOUBTFUL, NONE = "sure", "doubtful", "none"
# What was done to a stored picture that the cue shows as it is, or with noise alone.
UNCHANGED = {
    "moved": [0.0, 0.0], "turned": 0.0, "scaled": 1.0, "mirrored": False, "negative": False,
    "gain": 1.0, "offset": 0.0, "covered": 0.0,
}  # fmt: skip
# The least side, the greatest ratio of two sides and the least deviation of the levels of a cue
# for which poses are searched.
LEAST_SIDE, LONGEST, LEAST_CONTRAST = 4, 16, 0.5 / 255
# Distances of cues to patterns that are held at once.
AT_ONCE = 2**23


@dataclass(frozen=True)
class Chosen:
    """The parameters of an alignment.

    Attributes:
        top: how many of the nearest stored patterns are named.
        accept: the probability from which on a match is sure.
    """

    top: int
    accept: float


@dataclass(frozen=True)
class Nearest:
    """A stored pattern that may explain a cue.

    Attributes:
        name: of the pattern.
        label: of the pattern, or None.
        index: of the pattern.
        overlap: of the state that the recall starts from with it.
        probability: that the cue is this pattern, damaged.
    """

    name: str
    label: str | None
    index: int
    overlap: float
    probability: float

    def answer(self) -> dict[str, Any]:
        """Return what `hop recall --json` writes of it."""
        return {
            "name": self.name,
            "label": self.label,
            "index": self.index,
            "overlap": self.overlap,
            "probability": self.probability,
        }


@dataclass(frozen=True)
class Explained:
    """How a cue is explained by the stored patterns.

    Attributes:
        match: "sure", "doubtful" or "none".
        probability: of the first of the nearest patterns.
        nearest: patterns and their probabilities, the most probable first.
        alignment: what was done to the first of them to explain the cue; None without a match.
        start: the state that the recall starts from: the cue laid over the pattern, unknown where
            it is covered; the cue as it is without a match or without a change.
        changed: whether that is another state than the cue.
        why: why the cue is compared with nothing; None if it is.
    """

    match: str
    probability: float
    nearest: tuple[tuple[int, float], ...]
    alignment: dict[str, Any] | None
    start: NDArray[Any]
    changed: bool = False
    why: str | None = None


def choose(memory: "Memory", cues: Cues, given: dict[str, Any]) -> Chosen | None:
    """Take the parameters of the alignment out of those that were given, and check them.

    By default pictures are aligned, and arrays are not.

    Returns:
        The parameters; None where cues are not aligned.

    Raises:
        ParameterError: a value is out of range, or has no effect.
    """
    align, top, accept = (given.pop(p.name, None) for p in options.ALIGNMENT)
    if align is not None:
        align = options.ALIGN.checked(align)
    chosen = Chosen(
        options.TOP.checked(options.TOP.default if top is None else top),
        options.ACCEPT.checked(options.ACCEPT.default if accept is None else accept),
    )
    pictures = min(memory.shape[:2]) >= LEAST_SIDE
    if align == "auto" and not pictures:
        need = f"this memory holds no pictures of {LEAST_SIDE} or more pixels a side"
        raise ParameterError("align", align, need, "leave it out")
    read = bool(cues.from_pictures)
    if pictures and (align == "auto" or (align is None and read)):
        return chosen
    for name, value in (("top", top), ("accept", accept)):
        if value is not None:
            need = "it has no effect where cues are not aligned"
            remedy = "leave it out, or give `align=auto`" if pictures else "leave it out"
            raise ParameterError(name, value, need, remedy)
    return None


@dataclass
class Aligning:
    """Cues that are explained by a memory's patterns: first by a comparison, then by a search.

    Attributes:
        memory: of pictures.
        cues: as they were read, or damaged since.
        chosen: the parameters.
        executor: works on parts of the patterns; None for this process.
    """

    memory: "Memory"
    cues: Cues
    chosen: Chosen
    executor: "PartitionedExecutor | None" = None
    _found: dict[int, Explained] = field(default_factory=dict)
    _divided: Partition | None = None

    def compare(self) -> None:
        """Compare the cues with the patterns as they are, and keep what is beyond doubt."""
        memory, count = self.memory, len(self.memory)
        self._divided = partition(memory, self.executor)
        readings = [(row, state) for row in range(len(self.cues)) for state in self._readings(row)]
        measure = distances(memory, np.arange(count), len(readings), self._divided)
        best: dict[int, tuple[First, NDArray[Any], NDArray[np.intp]]] = {}
        at_once = max(1, AT_ONCE // count)
        for start in range(0, len(readings), at_once):
            some = readings[start : start + at_once]
            for (row, state), near in zip(
                some, measure(np.array([state for _, state in some])), strict=True
            ):
                rows = _least(near, first.RIVALS)
                found = first.compare(
                    *_levels(state, memory), rows, _stored_levels(memory, rows), count
                )
                if row not in best or _rank(found) > _rank(best[row][0]):
                    best[row] = found, state, rows
        for row, (found, state, rows) in best.items():
            explained = self._decided(row, found, state, rows)
            if explained is not None:
                self._found[row] = explained

    @property
    def undecided(self) -> list[int]:
        """The cues that poses are to be searched for."""
        return [row for row in range(len(self.cues)) if row not in self._found]

    def load(self) -> None:
        """Load the code of the search, if any cue needs it."""
        if self.undecided:
            from hopcli.alignment import align  # noqa: F401

    def run(self, progress: Progress = silent) -> list[Explained]:
        """Search for what was left, and return all explanations.

        Args:
            progress: called with the share of these cues that is done.
        """
        rows = self.undecided
        for done, row in enumerate(rows):
            self._found[row] = self._searched(row)
            progress((done + 1) / len(rows), "")
        return [self._found[row] for row in range(len(self.cues))]

    def _readings(self, row: int) -> list[NDArray[Any]]:
        """Return the states that a cue may stand for: transparent pixels unknown, or blended."""
        return [self.cues.states[row], *(self._state(each) for each in self._blended(row))]

    def _blended(self, row: int) -> "list[Picture]":
        """Return the picture of a cue without transparency, on grounds that pictures are stored on.

        These are white and the commonest colour of the stored pictures' first pixels.
        """
        picture = self.cues.pictures[row]
        if picture is None or picture.opacity is None:
            return []
        from hopcli.formats import pictures

        corners = self.memory.stored.states(np.arange(min(len(self.memory), 1000)))
        corners = corners.reshape(len(corners), -1)[:, : 3 if self.memory.mode == "rgb" else 1]
        colours, counts = np.unique(np.clip(corners, 0, 1), axis=0, return_counts=True)
        red, *others = (float(level) for level in colours[counts.argmax()])
        common = (red, *others) if others else (red, red, red)
        grounds = dict.fromkeys((pictures.WHITE, common))
        return [pictures.on_background(picture, ground) for ground in grounds]  # pyright: ignore

    def _state(self, picture: "Picture") -> NDArray[Any]:
        stored, threshold = self.memory.stored, self.cues.threshold
        return files.of_picture(picture, "", stored, threshold, [])

    def _decided(
        self, row: int, found: First, state: NDArray[Any], rows: NDArray[np.intp]
    ) -> Explained | None:
        """Return what the first comparison leads to; None where a search has to follow."""
        picture = self.cues.pictures[row]
        cue = self.cues.states[row]
        if not found.equal and found.index is None:
            why = _reason(picture, cue, self.memory)
            if why is None:
                return None
            listed = tuple((int(k), 0.0) for k in rows[: self.chosen.top])
            return Explained(NONE, 0.0, listed, None, cue, why=why)
        if found.equal:
            named = _of_name(found.equal, self.cues.names[row], self.memory.stored)
            equal = found.equal if named is None else (named,)
            share = 1 / len(equal)
            likely = [(k, share) for k in equal]
        else:
            assert found.index is not None
            likely = [(found.index, float(1 / (1 + np.exp(-found.log_odds))))]
        taken = {k for k, _ in likely}
        likely += [(int(k), 0.0) for k in rows if int(k) not in taken]
        match = SURE if likely[0][1] >= self.chosen.accept else DOUBTFUL
        changed = not np.array_equal(state, cue, equal_nan=state.dtype.kind == "f")
        nearest = tuple(likely[: self.chosen.top])
        return Explained(match, likely[0][1], nearest, dict(UNCHANGED), state, changed)

    def _searched(self, row: int) -> Explained:
        """Search for the stored picture and the pose that explain a cue."""
        picture, cue = self.cues.pictures[row], self.cues.states[row]
        if picture is None:
            readings = [_levels(cue, self.memory)]
        else:
            readings = [(_channels(picture, self.memory), picture.known)]
            readings += [
                (_channels(each, self.memory), np.ones(picture.known.shape, bool))
                for each in self._blended(row)
            ]
        results = [self._align(levels, known) for levels, known in readings]
        found = max(results, key=lambda result: result.probability)
        nearest = tuple((each.index, each.probability) for each in found.nearest)
        if found.match == NONE:
            return Explained(NONE, found.probability, nearest, None, cue)
        start = _start(found.aligned, found.covered, self.memory)
        changed = _any_known(start)
        answer = found.pose.answer()
        return Explained(
            found.match, found.probability, nearest, answer, start if changed else cue, changed
        )

    def _align(self, levels: NDArray[Any], known: NDArray[np.bool_]) -> "Alignment":
        """Explain one reading of a cue by the best pictures of all parts."""
        from hopcli.alignment.align import align

        whole = None if known.all() else known
        if self._divided is None:
            index, stored, correction = _index_of(self.memory)
            return align(
                index, stored, levels, whole, accept=self.chosen.accept, top=self.chosen.top,
                correction=correction,
            )  # fmt: skip
        from hopcli.alignment.align import index as index_of
        from hopcli.alignment.candidates import Candidates
        from hopcli.storage import memory_parts

        parts, executor = self._divided.parts, self._divided.executor
        if self.memory.mode == "binary":
            parts = memory_parts.in_levels(parts, self.memory.neurons)
        find = Candidates(_shape(self.memory), (levels,), (whole,))
        rows = np.sort(np.concatenate([found[0] for found in executor.map(find, parts)]))
        stored = np.rint(_stored_levels(self.memory, rows) * 255).astype(np.uint8)
        found = align(
            index_of(stored), stored, levels, whole, accept=self.chosen.accept, top=self.chosen.top
        )
        nearest = tuple(replace(each, index=int(rows[each.index])) for each in found.nearest)
        return replace(found, nearest=nearest)


# The index of each memory that cues were searched in, its patterns as levels, and its calibration.
_indices: "WeakKeyDictionary[Memory, tuple[AbstractMemory, Index, NDArray[np.uint8], Correction]]"
_indices = WeakKeyDictionary()


def _index_of(memory: "Memory") -> "tuple[Index, NDArray[np.uint8], Correction]":
    """Return the index and calibration of a memory in one part, made when first asked for."""
    from hopcli.alignment import calibration
    from hopcli.alignment.align import index

    if memory not in _indices or _indices[memory][0] is not memory.stored:
        levels = memory.stored.whole().in_levels().patterns.reshape(-1, *_shape(memory))
        found = index(levels)
        _indices[memory] = memory.stored, found, levels, calibration.kept(found, levels)
    return _indices[memory][1:]


def _shape(memory: "Memory") -> tuple[int, int, int]:
    """Return the shape of a picture with its channels, (h, w, C)."""
    height, width, *depth = memory.shape
    return height, width, depth[0] if depth else 1


def _levels(state: NDArray[Any], memory: "Memory") -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the levels of a state, (h, w, C), and which of its pixels are known, (h, w)."""
    levels = memory.stored.picture(state).reshape(_shape(memory))
    known: NDArray[np.bool_] = ~np.isnan(levels[..., 0])
    return np.where(known[..., None], levels, 0).astype(np.float32), known


def _stored_levels(memory: "Memory", rows: NDArray[np.integer]) -> NDArray[Any]:
    """Return stored pictures as levels in [0, 1], (rows, h, w, C)."""
    states = memory.stored.states(rows)
    levels = (states > 0).astype(np.float32) if memory.mode == "binary" else states
    return levels.reshape(-1, *_shape(memory))


def _channels(picture: "Picture", memory: "Memory") -> NDArray[np.float32]:
    """Return the levels of a picture in the memory's channels, (h, w, C)."""
    return picture.rgb if memory.mode == "rgb" else picture.gray[..., None]


def _start(aligned: NDArray[Any], covered: NDArray[np.bool_], memory: "Memory") -> NDArray[Any]:
    """Return the state of a cue that was laid over a stored picture, unknown where covered."""
    if memory.mode == "binary":
        state = np.where(aligned[..., 0] > 0.5, 1, -1).astype(np.int8)
        state[covered] = 0
        return state.ravel()
    state = aligned.astype(np.float64)
    state[covered] = np.nan
    return state.ravel()


def _any_known(state: NDArray[Any]) -> bool:
    """Tell whether any neuron of a state is known."""
    return bool((state != 0).any() if state.dtype == np.int8 else (~np.isnan(state)).any())


def _least(values: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Return the positions of the least values, the least first, and of the first among equals."""
    last = min(most, len(values)) - 1
    some = np.flatnonzero(values <= np.partition(values, last)[last])
    return some[np.argsort(values[some], kind="stable")]


def _rank(found: First) -> tuple[bool, bool, float]:
    return bool(found.equal), found.index is not None, found.log_odds


def _of_name(equal: Sequence[int], name: str, stored: "AbstractMemory") -> int | None:
    """Return the one of equal pictures that has the name of the cue; None if there is none."""
    for k in equal:
        stored_name = stored.name(k)
        if name == stored_name or name.endswith(f"/{stored_name}"):
            return k
    return None


def _reason(picture: "Picture | None", cue: NDArray[Any], memory: "Memory") -> str | None:
    """Say why no pose of a cue is searched for; None if it can be."""
    if picture is None:
        levels, known = _levels(cue, memory)
    else:
        levels, known = _channels(picture, memory), picture.known
    if not known.any():
        return "it has no known pixel"
    if known.size == 1:
        return "it is a single pixel"
    height, width = known.shape
    if min(height, width) < LEAST_SIDE or max(height, width) > LONGEST * min(height, width):
        return f"a picture of {width}x{height} is too narrow to be compared"
    if float(np.ptp(levels[known], axis=0).max()) <= LEAST_CONTRAST:
        opaque = picture is None or picture.opacity is None
        return "it is of one colour" if opaque else None
    return None


def nearest(memory: "Memory", start: NDArray[Any], explained: Explained) -> tuple[Nearest, ...]:
    """Return the nearest stored patterns with their names and overlaps with a state."""
    stored = memory.stored
    rows = np.array([row for row, _ in explained.nearest])
    found = []
    for (row, probability), pattern in zip(explained.nearest, stored.states(rows), strict=True):
        overlap = _overlap(start, pattern)
        found.append(Nearest(stored.name(row), stored.label(row), row, overlap, probability))
    return tuple(found)


def _overlap(state: NDArray[Any], pattern: NDArray[Any]) -> float:
    """Compute the overlap of a state with a pattern over the known neurons."""
    if state.dtype == np.int8:
        known = max(1, int(np.count_nonzero(state)))
        return float(state.astype(np.int64) @ pattern.astype(np.int64) / known)
    from hopcli.continuous.overlap import overlap

    return overlap(state, pattern.astype(np.float64))
