"""Find the stored picture that a cue shows, how it was damaged, and how probable that is."""

import numpy as np

from hopcli.alignment import calibration, evidence, explain, levels, poses, search
from hopcli.alignment.result import Alignment, Candidate, Pose, pose_of
from hopcli.kernels import alignment as kernels

BEYOND_DOUBT = 0.995
FIRST = (32, 10, 4)
ANOTHER = 0.1  # largest share of what the first picture lacks that other stored pictures get


def index(pictures: np.ndarray) -> search.Index:
    """An index of stored pictures, uint8 of shape (K, h, w) or (K, h, w, C)."""
    return search.index(pictures)


def equal_pictures(found: search.Index, pictures: np.ndarray, cue: np.ndarray) -> np.ndarray:
    """Numbers of the stored pictures that equal the cue, levels in [0, 1], pixel by pixel."""
    if cue.shape != found.shape:
        return np.empty(0, int)
    pixels = cue * 255
    whole = np.rint(pixels)
    if np.abs(pixels - whole).max() > 1e-2:
        return np.empty(0, int)
    small = np.rint(levels.resized(whole.astype(np.uint8), *found.pyramid[0].shape[1:3])).astype(
        np.uint8
    )
    coarse = found.pyramid[0].reshape(len(found), -1)
    # Rounding may differ by one level; only pictures that agree in a few pixels are compared whole.
    near = np.flatnonzero(
        (np.abs(coarse[:, ::17].astype(np.int16) - small.ravel()[::17]) <= 1).all(1)
    )
    return (
        near[[bool((pictures[k].reshape(found.shape) == whole).all()) for k in near]]
        if len(near)
        else near
    )


def probabilities(
    found: search.Index, explained: explain.Explanations, correction: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray, float]:
    """Stored pictures, the probability of each, and that of none of them."""
    rows = np.unique(explained.picture, return_index=True)[1]
    rows = rows[np.argsort(explained.energy[rows], kind="stable")]
    pictures, energy = explained.picture[rows], explained.energy[rows]
    alike = evidence.alike(found, pictures[0], pictures)
    alike[0] = True
    everything = np.arange(len(explained.picture))
    distinct = everything[~np.isin(explained.picture, pictures[alike][1:])]
    facts = evidence.features(explained, found, distinct)
    if not evidence.says_anything(facts):
        return pictures, np.zeros(len(pictures)), 1.0
    offset, slope = correction
    value = offset + slope * float(
        calibration.logit(calibration.model(), calibration.numbers(facts))
    )
    group = 1 / (1 + np.exp(-np.clip(value, -30, 30)))
    size = facts["whole"] * explained.pixels.shape[2]
    weight = np.exp(-(energy - energy[0]) / max(size / 400, 1.0))
    probability = np.where(alike, group * weight / weight[alike].sum(), 0.0)
    # What is left belongs to none of them, but for a share of other pictures of nearly as low an
    # energy.
    rest = np.where(alike, 0.0, np.exp(-(energy - energy[0]) / (0.02 * size)))
    others = (1 - group) * ANOTHER * rest / (1 + rest.sum())
    probability += others
    order = np.argsort(-probability, kind="stable")
    return pictures[order], probability[order], float(1 - group - others.sum())


def laid_over(
    found: search.Index,
    cue: explain.Cue,
    known: np.ndarray,
    affine: np.ndarray,
    light: np.ndarray,
    visible: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cue in the stored picture's pixels and light, and which of these are unknown.

    Args:
        found: the index of the stored pictures.
        cue: the cue.
        known: 1 where a pixel of the cue is known in the reading that explains it best.
        affine: from the cue's frame to the stored picture's.
        light: gain, offset and tone.
        visible: how probable it is that a pixel is not covered, of any size.
    """
    height, width, depth = found.shape
    inverse = poses.inverse(affine)
    source = np.concatenate(
        [
            cue.levels,
            levels.resized(visible[..., None], *cue.levels.shape[:2]) * known[..., None],
        ],
        axis=2,
    )
    out = np.empty((height, width, depth + 1), np.float32)
    inside = np.empty((height, width), np.bool_)
    kernels.warp(
        np.ascontiguousarray(source, np.float32),
        inverse,
        height,
        width,
        out,
        np.empty_like(out),
        np.empty_like(out),
        inside,
    )
    unknown = ~inside | (out[..., depth] < 0.5)
    return relit(out[..., :depth], light), unknown


def relit(seen: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Return the levels θ in [0, 1] that this light turns into what is seen.

    The light makes g θ + o + t θ log θ of θ. Where a tone above 0 lets that fall, which it does
    among the darkest levels, it is taken as level there.

    Args:
        seen: levels, of any shape.
        light: the gain g, the offset o and the tone t.
    """
    gain = light[0] if abs(light[0]) > 0.05 else np.copysign(0.05, light[0])
    sign = np.sign(gain)
    theta = np.linspace(0, 1, 513)
    made = sign * (gain * theta + light[1] + light[2] * theta * np.log(np.maximum(theta, 1e-12)))
    rising = np.maximum.accumulate(made)
    return np.interp(sign * seen, rising, theta).astype(np.float32)


def align(
    found: search.Index,
    pictures: np.ndarray,
    cue: np.ndarray,
    known: np.ndarray | None = None,
    *,
    accept: float = 0.95,
    top: int = 5,
    correction: tuple[float, float] = (0.0, 1.0),
    richness: str | None = None,
) -> Alignment:
    """Explain a cue by the stored pictures.

    Parameters
    ----------
    found : Index
        Made by `index` of `pictures`.
    pictures : uint8 array of shape (K, h, w, C)
    cue : float array of shape (h, w) or (h, w, C), levels in [0, 1]
        Of any size.
    known : array of shape (h, w), optional
        1 where a pixel of the cue is known, 0 where it is not.
    accept : float
        From which probability on a match is sure.
    top : int
        How many of the nearest stored pictures are named.
    correction : (float, float)
        What `calibration.calibrate` returned for this memory.
    """
    seen = explain.cue_of(cue, found.shape[2], known)
    if not (seen.known > 0).any():
        pose = Pose((0.0, 0.0), 0.0, 1.0, False, False, 1.0, 0.0, 1.0)
        return Alignment(
            "none",
            0.0,
            (),
            1.0,
            pose,
            np.array([0, 1, 0, 0, 0, 1.0]),
            np.zeros(found.shape, np.float32),
            np.ones(found.shape[:2], bool),
            False,
        )
    if (seen.known > 0).all():
        equal = equal_pictures(found, pictures, seen.levels)
        if len(equal):
            share = 1 / len(equal)
            nearest = tuple(Candidate(int(k), share, 0.0) for k in equal[:top])
            pose = Pose((0.0, 0.0), 0.0, 1.0, False, False, 1.0, 0.0, 0.0)
            return Alignment(
                "sure" if share >= accept else "doubtful",
                share,
                nearest,
                0.0,
                pose,
                np.array([0, 1, 0, 0, 0, 1.0]),
                seen.levels,
                np.zeros(seen.known.shape, bool),
                False,
            )
    richness = richness or ("full" if len(found) <= 5000 else "some")
    explained, (numbers, probability, none) = _explained(found, seen, "upright", FIRST, correction)
    searched = bool(probability[0] < BEYOND_DOUBT)
    if searched:
        explained, (numbers, probability, none) = _explained(
            found, seen, richness, explain.KEPT, correction
        )
    first = int(np.flatnonzero(explained.picture == numbers[0])[0])
    result = explained.results[first]
    aligned, covered = laid_over(
        found,
        seen,
        seen.variants[explained.variant],
        explained.affines[first],
        result[1:4],
        explained.maps[first],
    )
    pose = pose_of(
        explained.affines[first],
        found.shape[:2],
        result[1:4],
        float(explained.maps[first].mean()),
    )
    energy = {
        int(k): float(e)
        for k, e in zip(explained.picture[::-1], explained.energy[::-1], strict=True)
    }
    nearest = tuple(
        Candidate(int(k), float(p), energy[int(k)])
        for k, p in zip(numbers[:top], probability[:top], strict=True)
    )
    match = "none" if probability[0] <= none else "sure" if probability[0] >= accept else "doubtful"
    return Alignment(
        match,
        float(probability[0]),
        nearest,
        none,
        pose,
        explained.affines[first].copy(),
        aligned,
        covered,
        searched,
    )


def _explained(
    found: search.Index,
    seen: explain.Cue,
    richness: str,
    kept: tuple[int, int, int],
    correction: tuple[float, float],
) -> tuple[explain.Explanations, tuple[np.ndarray, np.ndarray, float]]:
    """Explain a cue in some poses, and return with it what `probabilities` makes of that."""
    start = search.coarse(
        found, seen.levels, seen.masks, seen.reading, keep=kept[0], richness=richness
    )
    explained = explain.explain(found, seen, start, kept)
    return explained, probabilities(found, explained, correction)
