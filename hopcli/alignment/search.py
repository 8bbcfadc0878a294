"""Which stored pictures, in which poses, may explain a cue: from few numbers to all pixels."""

from dataclasses import dataclass, field

import numpy as np

from hopcli.alignment import descriptors, levels, poses
from hopcli.kernels import alignment as kernels
from hopcli.kernels.threads import in_blocks

AREAS = (256, 1024, 4096)
CELLS = {1: 256, 3: 144}


@dataclass(frozen=True)
class Index:
    """Reduced copies of stored pictures and their descriptors."""

    shape: tuple[int, int, int]
    pyramid: tuple[np.ndarray, ...]  # uint8 (K, h, w, C), coarse first
    table: np.ndarray  # int8 (K, D): descriptors of unit length, times 127 over the largest
    scale: np.ndarray  # float32 (K,)
    grid: tuple[int, int]
    cache: dict = field(default_factory=dict, repr=False, compare=False)

    def __len__(self):
        return len(self.table)


def index(pictures: np.ndarray, block: int = 256) -> Index:
    """An index of pictures, uint8 (K, h, w) or (K, h, w, C)."""
    if pictures.ndim == 3:
        pictures = pictures[..., None]
    count, height, width, depth = pictures.shape
    grid = levels.fitted(height, width, CELLS[depth])
    sizes = [levels.fitted(height, width, area) for area in AREAS]
    pyramid = [
        pictures if size == (height, width) else np.empty((count, *size, depth), np.uint8)
        for size in sizes
    ]
    table = np.empty((count, grid[0] * grid[1] * depth), np.int8)
    scale = np.empty(count, np.float32)

    def reduce(rows: slice) -> None:
        part = pictures[rows]
        for level in reversed(range(len(sizes))):
            if pyramid[level] is not pictures:
                pyramid[level][rows] = np.rint(levels.resized(part, *sizes[level]))
        numbers = descriptors.cells(
            descriptors.maps(levels.resized(part, 2 * grid[0], 2 * grid[1]) / 255)
        )
        numbers /= np.sqrt((numbers**2).sum(1, keepdims=True)) + 1e-3
        largest = np.abs(numbers).max(1) + 1e-9
        table[rows] = np.rint(numbers * (127 / largest)[:, None])
        scale[rows] = largest / 127

    in_blocks(reduce, count, block)
    return Index((height, width, depth), tuple(pyramid), table, scale, grid)


@dataclass(frozen=True)
class Coarse:
    """Hypotheses that the coarse search leaves: a stored picture and a pose each."""

    picture: np.ndarray
    affines: np.ndarray
    forms: np.ndarray
    prior: np.ndarray
    score: np.ndarray
    mask: np.ndarray


def _reduced(cue: np.ndarray, known: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The maps of a cue at a size, its unknown pixels left out."""
    if (known > 0).all():
        return descriptors.maps(levels.resized(cue, *size))
    share = levels.resized(known[..., None], *size)
    small = levels.resized(cue * known[..., None], *size) / (share + 1e-6)
    return descriptors.maps(small, share[..., 0])


def _grouped(banks, rows: int, columns: int) -> list:
    """The poses of all banks, put together where the cue is reduced to the same size."""
    groups = {}
    for n, bank in enumerate(banks):
        across, down = bank.base.spans
        wide, high = 2 * columns * across / bank.scale, 2 * rows * down / bank.scale
        if bank.base.transposed:
            wide, high = high, wide
        size = max(2, round(high)), max(2, round(wide))
        groups.setdefault(size, []).append(
            (bank.affines, bank.inverses, bank.prior, np.full(len(bank.prior), n))
        )
    return [
        (size, tuple(np.concatenate(parts) for parts in zip(*group, strict=True)))
        for size, group in groups.items()
    ]


def coarse(
    found: Index,
    cue: np.ndarray,
    masks: list[np.ndarray],
    reading: tuple,
    keep: int = 200,
    each: int = 3,
    richness: str = "full",
    weight: float = 0.012,
    block: int = 512,
) -> Coarse:
    """Compare a cue, float32 (h, w, C), in many poses with all stored pictures by descriptors."""
    height, width, depth = found.shape
    aspect = round(cue.shape[1] / cue.shape[0], 3)
    banks = poses.banks(height, width, aspect, richness)
    rows, columns = found.grid
    key = (aspect, richness)
    if key not in found.cache:
        found.cache[key] = (
            _grouped(banks, rows, columns),
            np.stack([poses.shear_forms(bank.base, height, width) for bank in banks]),
        )
    groups_of_size, forms = found.cache[key]
    numbers, affines, prior, owner, of_mask = [], [], [], [], []
    for size, group in groups_of_size:
        for number, mask in enumerate(masks):
            out = np.empty((len(group[0]), rows * columns * depth), np.float32)
            maps = np.ascontiguousarray(_reduced(cue, mask, size))
            kernels.render(maps, group[1], rows, columns, out)
            numbers.append(out)
            affines.append(group[0])
            prior.append(group[2] - 1.0 * (number > 0))
            owner.append(group[3])
            of_mask.append(np.full(len(out), number))
    numbers = np.concatenate(numbers)
    affines, prior, owner = np.concatenate(affines), np.concatenate(prior), np.concatenate(owner)
    length = np.sqrt((numbers**2).sum(1))
    numbers /= np.maximum(length, 0.5 * np.median(length) + 1e-6)[:, None]
    bonus = (weight * prior).astype(np.float32)
    mask_of = np.concatenate(of_mask)
    groups = [
        np.flatnonzero(np.isin(mask_of, np.flatnonzero(np.array(reading) == r)))
        for r in sorted(set(reading))
    ]
    share = max(1, min(keep if len(groups) == 1 else int(keep * 0.6), len(found) * each))
    best = [np.empty((len(found), each), np.float32) for _ in groups]
    which = [np.empty((len(found), each), np.int64) for _ in groups]
    chosen_numbers = [numbers if len(groups) == 1 else numbers[rows_of] for rows_of in groups]

    def compare(part: slice) -> None:
        table = found.table[part].astype(np.float32)
        table *= found.scale[part, None]
        for g, rows_of in enumerate(groups):
            scores = table @ chosen_numbers[g].T
            kernels.best_poses(scores, bonus[rows_of], each, best[g][part], which[g][part])

    in_blocks(compare, len(found), block)
    tops, chosen, value = [], [], []
    for g, rows_of in enumerate(groups):
        flat = best[g].ravel()
        top = np.argpartition(-flat, share - 1)[:share]
        top = top[np.argsort(-flat[top], kind="stable")]
        top = top[np.isfinite(flat[top])]
        tops.append(top // each)
        chosen.append(rows_of[which[g].ravel()[top]])
        value.append(flat[top])
    pose = np.concatenate(chosen)
    return Coarse(
        np.concatenate(tops),
        affines[pose].copy(),
        forms[owner[pose]],
        prior[pose],
        np.concatenate(value),
        mask_of[pose],
    )
