"""Regions of one colour in a cue: they may be covers."""

import numpy as np

from hopcli.alignment import levels
from hopcli.kernels import alignment as kernels


def noise_of(cue: np.ndarray) -> float:
    """Estimate white noise in a picture (h, w, C), by the median of its second differences."""
    if min(cue.shape[:2]) < 3:
        return 0.0
    second = cue[:-1, :-1] - cue[1:, :-1] - cue[:-1, 1:] + cue[1:, 1:]
    return float(np.median(np.abs(second)) / 0.6745 / 2)


def flat_regions(
    cue: np.ndarray, area: int = 1024, smallest: float = 0.03, most: int = 3
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The largest connected regions of one colour, as (mask, colour), the largest first."""
    height, width = levels.fitted(cue.shape[0], cue.shape[1], area)
    small = levels.resized(cue, height, width)
    pixels = cue.shape[0] * cue.shape[1] / (height * width)
    tolerance = 3.5 * noise_of(cue) / max(1.0, pixels) ** 0.5 + 0.012
    flat = np.ones((height, width), bool)
    for step in (np.abs(np.diff(small, axis=0)).max(-1) <= tolerance,):
        flat[1:] &= step
        flat[:-1] &= step
    step = np.abs(np.diff(small, axis=1)).max(-1) <= tolerance
    flat[:, 1:] &= step
    flat[:, :-1] &= step
    labels, count = kernels.components(flat, small, tolerance, int(smallest * height * width) + 1)
    found = []
    for n in range(1, min(count, most) + 1):
        mask = labels == n
        colour = np.median(small[mask], axis=0)
        # The rim of a region is blurred; it belongs to it where the colour is near.
        wide = mask.copy()
        wide[1:] |= mask[:-1]
        wide[:-1] |= mask[1:]
        wide[:, 1:] |= mask[:, :-1]
        wide[:, :-1] |= mask[:, 1:]
        found.append((wide, colour))
    return found


def suspects(cue: np.ndarray, share: float = 0.04, most: int = 3) -> np.ndarray | None:
    """Find pixels of colours that are too frequent for a picture: strokes, salt and pepper.

    A map (h, w) of booleans, or None where there are no such pixels or where too few would be left.
    """
    codes = np.rint(cue * 255).astype(np.int64)
    codes = (
        codes[..., 0]
        if codes.shape[2] == 1
        else codes[..., 0] * 65536 + codes[..., 1] * 256 + codes[..., 2]
    )
    values, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    order = np.argsort(-counts)[:most]
    order = order[counts[order] > share * codes.size]
    if len(order) == 0:
        return None
    code_of = inverse.reshape(codes.shape)
    same = np.zeros(codes.shape, np.float32)
    same[:, 1:] += code_of[:, 1:] == code_of[:, :-1]
    same[:, :-1] += code_of[:, 1:] == code_of[:, :-1]
    same[1:] += code_of[1:] == code_of[:-1]
    same[:-1] += code_of[1:] == code_of[:-1]
    taken = []
    for n in order:
        joined = same[code_of == n].mean() / 4
        extreme = values[n] in (0, 255, 0xFFFFFF)
        if (extreme and joined < 0.9) or 0.55 < joined < 0.88:
            taken.append(n)
    if not taken:
        return None
    found = np.isin(code_of, taken)
    return found if found.mean() < 0.8 else None


def information(cue: np.ndarray, known: np.ndarray, least: float = 0.12) -> np.ndarray:
    """How much each pixel says, in (0, 1]: little where its neighbours say it already."""
    change = np.zeros(cue.shape[:2], np.float32)
    across = np.abs(np.diff(cue, axis=1)).max(-1)
    down = np.abs(np.diff(cue, axis=0)).max(-1)
    change[:, 1:] = np.maximum(change[:, 1:], across)
    change[:, :-1] = np.maximum(change[:, :-1], across)
    change[1:] = np.maximum(change[1:], down)
    change[:-1] = np.maximum(change[:-1], down)
    change = np.maximum(change - 2.5 * noise_of(cue), 0)
    return (known * (least + (1 - least) * np.minimum(change / 0.06, 1))).astype(np.float32)
