"""Explain a cue by stored pictures: pose, light, noise and cover, coarse to fine."""

import copy
from dataclasses import dataclass

import numpy as np

from hopcli.alignment import covers, descriptors, levels
from hopcli.alignment.search import AREAS, Coarse, Index, coarse
from hopcli.kernels import explaining as kernels
from hopcli.kernels.threads import in_blocks

LOWEST = (0.03, 0.025, 0.02)  # lowest noise at each level
COUPLING = (0.25, 0.35, 0.45)
BLUR = (0.1, 0.12, 0.15)  # squared error of registration, in pixels of the level
STIFFNESS = (1500.0, 3000.0, 6000.0)
ITERATIONS = ((10, 1), (10, 0), (14, 0))
LUMINANCE = np.array([[0.299], [0.587], [0.114]], np.float32)
KEPT = (200, 32, 8)
PIXELS_A_BLOCK = 2048  # of hypotheses that a thread takes at once
STILL = 1e-5  # decrease of the energy, for each unit of weight, below which iterations end


@dataclass(frozen=True)
class Cue:
    """A cue as levels in [0, 1], its known pixels, and its regions of one colour."""

    levels: np.ndarray  # float32 (h, w, C)
    known: np.ndarray  # float32 (h, w)
    flats: list
    masks: list
    variants: tuple  # known pixels of each reading of the cue: all, and without suspect colours
    reading: tuple  # which variant belongs to which mask
    grey: bool  # without colour, though the stored pictures have some


def cue_of(picture: np.ndarray, depth: int, known: np.ndarray | None = None) -> Cue:
    """Make a cue of a picture, float (h, w) or (h, w, C) with levels in [0, 1]."""
    picture = np.asarray(picture, np.float32)
    if picture.ndim == 2:
        picture = picture[..., None]
    if picture.shape[2] != depth:
        picture = (
            np.repeat(picture, depth, 2)
            if picture.shape[2] == 1
            else picture.mean(2, keepdims=True)
        )
    known = (
        np.ones(picture.shape[:2], np.float32) if known is None else np.asarray(known, np.float32)
    )
    grey = depth == 3 and float(np.mean(np.ptp(picture, axis=2) > 0.012)) < 0.02
    flats = covers.flat_regions(picture)
    masks = [known]
    if flats:
        union = np.any([mask for mask, _ in flats], axis=0)
        if union.mean() < 0.85:
            open_ = levels.resized(1 - union[..., None].astype(np.float32), *picture.shape[:2])[
                ..., 0
            ]
            masks.append(((open_ > 0.5) * known).astype(np.float32))
    variants, reading = [known], [0] * len(masks)
    suspect = covers.suspects(picture)
    if suspect is not None:
        masks.append(((~suspect) * known).astype(np.float32))
        variants.append(masks[-1])
        reading.append(1)
    return Cue(
        np.ascontiguousarray(picture), known, flats, masks, tuple(variants), tuple(reading), grey
    )


@dataclass(frozen=True)
class Explanations:
    """Hypotheses that were explained at the finest level, the lowest energy first."""

    picture: np.ndarray
    affines: np.ndarray
    forms: np.ndarray
    prior: np.ndarray
    results: np.ndarray
    colours: np.ndarray
    maps: np.ndarray
    energy: np.ndarray
    blur: np.ndarray
    null: float  # energy of the explanation by no picture at all
    pixels: np.ndarray
    known: np.ndarray
    variant: int
    source: int
    stages: dict
    shape: tuple = ()  # of the cue, before it was reduced


def at_level(cue: Cue, area: int, variant: int = 0):
    """The cue reduced to an area, its unknown pixels left out, and where enough of it is known."""
    height, width = levels.fitted(cue.levels.shape[0], cue.levels.shape[1], area)
    known = cue.variants[variant]
    if (known > 0).all():
        return np.ascontiguousarray(levels.resized(cue.levels, height, width)), np.ones(
            (height, width), np.float32
        )
    share = levels.resized(known[..., None], height, width)
    small = levels.resized(cue.levels * known[..., None], height, width) / (share + 1e-6)
    least = 0.5 if variant == 0 else 0.2
    return np.ascontiguousarray(small), np.ascontiguousarray(
        (share[..., 0] > least).astype(np.float32)
    )


def _starts(cue: Cue, height: int, width: int) -> np.ndarray:
    maps = [np.ones((height, width), np.float32)]
    for mask, _ in cue.flats[:2]:
        maps.append(
            (
                levels.resized(1 - mask[..., None].astype(np.float32), height, width)[..., 0] > 0.6
            ).astype(np.float32)
        )
    if len(cue.flats) > 1:
        maps.append(maps[1] * maps[2])
    return np.stack([m for m in maps if m.mean() > 0.12])


def _colours(cue: Cue, count: int) -> np.ndarray:
    rim = np.concatenate([cue.levels[0], cue.levels[-1], cue.levels[:, 0], cue.levels[:, -1]])
    rim = np.median(rim, axis=0)
    inner = cue.flats[0][1] if cue.flats else rim
    both = np.stack([inner, rim]).astype(float)
    return np.tile(both[:, :1] if cue.grey else both, (count, 1, 1))


def _select(energy: np.ndarray, picture: np.ndarray, keep: int, each: int) -> np.ndarray:
    """The hypotheses of lowest energy, at most `each` of one picture."""
    order, taken, seen = np.argsort(energy, kind="stable"), [], {}
    for n in order:
        k = picture[n]
        if seen.get(k, 0) < each:
            seen[k] = seen.get(k, 0) + 1
            taken.append(n)
            if len(taken) == keep:
                break
    return np.array(taken, int)


class _Hypotheses:
    """Arrays of hypotheses of one reading of the cue, refined level by level."""

    def __init__(self, start: Coarse, rows: np.ndarray, cue: Cue, variant: int):
        self.variant, self.cue = variant, cue
        self.picture, self.prior = start.picture[rows], start.prior[rows]
        self.affines, self.forms = start.affines[rows].copy(), start.forms[rows]
        self.colours = _colours(cue, len(rows))
        # Empty until the first level is explained.
        self.results = np.zeros((len(rows), 8))
        self.maps = np.zeros((len(rows), 0, 0), np.float32)
        self.energy = self.blur = np.zeros(len(rows))
        self.null = np.inf

    def take(self, rows):
        for name in (
            "picture",
            "prior",
            "affines",
            "forms",
            "colours",
            "results",
            "maps",
            "energy",
            "blur",
        ):
            setattr(self, name, np.ascontiguousarray(getattr(self, name)[rows]))

    def refine(self, found: Index, level: int):
        """Explain the cue at a level, from where the level before ended."""
        self.pixels, self.known = at_level(self.cue, AREAS[level], self.variant)
        height, width = self.known.shape
        self.source = level
        while self.source > 0 and height * width < 0.4 * np.prod(
            found.pyramid[self.source].shape[1:3]
        ):
            self.source -= 1
        self.known = covers.information(self.pixels, self.known)
        stored = found.pyramid[self.source][self.picture].astype(np.float32) / 255
        if self.cue.grey:
            stored = stored @ LUMINANCE
            self.pixels = np.ascontiguousarray(self.pixels[..., :1])
        for blur in set(self.blur.tolist()) - {0.0}:
            stored[self.blur == blur] = descriptors._smooth(stored[self.blur == blur], blur)
        if self.maps.size == 0:
            starts = _starts(self.cue, height, width)
            self.maps = np.zeros((len(self.picture), height, width), np.float32)
        else:
            starts = np.zeros((0, height, width), np.float32)
            self.maps = np.ascontiguousarray(
                levels.resized(self.maps[..., None], height, width)[..., 0]
            )
        iterations, holding = ITERATIONS[level]
        settings = np.array([LOWEST[level], COUPLING[level], BLUR[level], STIFFNESS[level], STILL])
        history = np.empty((len(self.picture), iterations + 1))
        stored = np.ascontiguousarray(stored, np.float32)

        def explain_block(rows: slice) -> None:
            kernels.explain(
                self.pixels,
                self.known,
                stored[rows],
                self.affines[rows],
                self.forms[rows],
                starts,
                self.colours[rows],
                settings,
                iterations,
                holding,
                self.results[rows],
                self.maps[rows],
                history[rows],
            )

        in_blocks(explain_block, len(self.picture), max(1, PIXELS_A_BLOCK // self.known.size))
        total = float(self.known.sum())
        faint = np.maximum(0.25 - np.abs(self.results[:, 1]), 0) / 0.25
        hidden = np.maximum(0.38 - self.results[:, 7], 0) / 0.38
        wild = np.maximum(np.abs(self.results[:, 3]) - 0.8, 0)
        a = self.affines
        size = 0.5 * np.log(np.maximum(np.abs(a[:, 1] * a[:, 5] - a[:, 2] * a[:, 4]), 1e-6))
        beyond = np.maximum(np.abs(size) - 0.45, 0)
        moved = np.maximum(a[:, 0] ** 2 + a[:, 3] ** 2 - 0.05, 0)
        pose = (
            0.004 * -self.prior
            + 0.3 * size**2
            + 0.2 * moved
            + 3.0 * beyond
            + 0.05 * (self.results[:, 1] < 0)
        )
        self.energy = self.results[:, 0] + total * (
            pose + 1.5 * faint + 2.0 * hidden**2 + 0.5 * wild
        )


def explain(found: Index, cue: Cue, start: Coarse, kept=KEPT) -> Explanations:
    """Explain a cue by what the coarse search left, from the coarsest level to the finest."""
    stages = {"coarse": start.picture}
    reading = np.array(cue.reading)[start.mask]
    groups: list[_Hypotheses] = []
    for variant in range(len(cue.variants)):
        rows = np.flatnonzero(reading == variant)
        if len(rows) == 0:
            continue
        group = _Hypotheses(start, rows, cue, variant)
        for level in range(3):
            group.refine(found, level)
            if level < 2:
                group.take(_select(group.energy, group.picture, kept[level + 1], (3, 2)[level]))
            stages[f"level {level}"] = np.append(stages.get(f"level {level}", []), group.picture)
        _blurred(group, found)
        group.take(np.argsort(group.energy, kind="stable"))
        group.null = _null(group.pixels, group.known)
        groups.append(group)
    g = max(groups, key=lambda group: group.null - group.energy[0])
    return Explanations(
        g.picture,
        g.affines,
        g.forms,
        g.prior,
        g.results,
        g.colours,
        g.maps,
        g.energy,
        g.blur,
        g.null,
        g.pixels,
        g.known,
        g.variant,
        g.source,
        stages,
        cue.levels.shape,
    )


def _blurred(group: _Hypotheses, found: Index, amounts=(0.8, 1.6), count: int = 4):
    """Try the best hypotheses with the stored picture blurred, and keep what lowers the energy."""
    rows = np.argsort(group.energy, kind="stable")[:count]
    trial = copy.copy(group)
    trial.take(np.concatenate([rows] * len(amounts)))
    trial.blur = np.repeat(np.array(amounts), len(rows))
    trial.refine(found, 2)
    for n, row in enumerate(np.tile(rows, len(amounts))):
        if trial.energy[n] < group.energy[row] - 3:
            for name in ("affines", "colours", "results", "maps", "energy", "blur"):
                getattr(group, name)[row] = getattr(trial, name)[n]


def _null(pixels: np.ndarray, known: np.ndarray) -> float:
    """The energy of a cue that shows nothing but one colour and noise."""
    centre = (known[..., None] * pixels).sum((0, 1)) / known.sum()
    spread = (known[..., None] * (pixels - centre) ** 2).sum() / (known.sum() * pixels.shape[2])
    deviation = max(float(np.sqrt(spread)), LOWEST[-1])
    return float(
        known.sum()
        * pixels.shape[2]
        * (0.918938533 + np.log(deviation) + 0.5 * spread / deviation**2)
    )


def search(
    found: Index, picture: np.ndarray, known=None, richness="full", kept=KEPT
) -> Explanations:
    """Explain a picture by an index."""
    cue = cue_of(picture, found.shape[2], known)
    return explain(
        found,
        cue,
        coarse(found, cue.levels, cue.masks, cue.reading, keep=kept[0], richness=richness),
        kept,
    )
