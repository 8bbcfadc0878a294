"""How probable a match is: an additive, monotone logistic model of what an explanation shows.

The numbers of the model, in model.json, were fitted to explanations of damaged pictures of several
kinds: faces, photographs, flags, icons and letters, each explained by all stored pictures and by
all but the right one. For one memory it is calibrated by leaving out: undamaged stored pictures are
explained by all others.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path

import numpy as np

from hopcli.alignment import evidence, explain, search
from hopcli.kernels import cache_folder

MODEL = Path(__file__).with_name("model.json")
QUICK = (48, 12, 6)  # hypotheses kept at each level while calibrating
USUAL = 1.3  # the logit that one in ten strangers exceeds, in a middling memory
STRENGTH = 0.6  # how much of the difference to USUAL the offset makes up for
LOWER, RAISE = 3.0, 2.0  # the largest differences that count
ENOUGH = 8  # strangers without which the offset is not raised
KEY_ROWS = 4096  # stored pictures whose levels identify a memory in the cache


NAMES = (
    "structure",
    "coarse",
    "correlated",
    "ratio",
    "ratio_there",
    "steady",
    "margin",
    "difference",
    "shear",
    "field",
    "tone",
    "visible",
    "seen",
    "loose",
    "blur",
    "contrast",
    "prior",
    "rim",
)


def numbers(f: dict) -> np.ndarray:
    """Return features as numbers that grow with the odds of a match, in the order of NAMES.

    Where there is no second picture to compare with, its numbers are those of a middling one.
    """
    log = np.log
    return np.array(
        [
            -log(f["fine"] + 0.001),
            -log(f["coarse"] + 0.0007),
            -log(f["correlated"] + 0.002),
            log((f.get("second", 0.03) + 0.003) / (f["fine"] + 0.003)),
            log((f.get("second_there", 0.05) + 0.003) / (f["fine"] + 0.003)),
            f.get("steady", 4.0),
            log(max(f.get("margin", 0.4), 0) + 0.01),
            log(max(f.get("difference", 300.0), 0) + 10),
            -log(f["shear"] + 0.002),
            -log(f["field"] + 0.002),
            -f["tone"],
            f["visible"],
            log(f["seen"] + 10),
            -log(f["loose"] + 0.005),
            -f["blur"],
            log(f["contrast"] + 0.01),
            f["prior"],
            -log(f["rim"] + 0.03),
        ]
    )


def logit(model: dict, x: np.ndarray) -> np.ndarray:
    """Compute the logarithm of the odds of a match: a sum of rising functions of one number."""
    parts = [
        np.interp(x[..., n], knots, values)
        for n, (knots, values) in enumerate(zip(model["knots"], model["values"], strict=True))
    ]
    return model["constant"] + np.sum(parts, 0)


def model() -> dict:
    """Return the fitted model."""
    return json.loads(MODEL.read_text())


def kept(index: search.Index, pictures: np.ndarray) -> tuple[float, float]:
    """Return what `calibrate` gives, from a small file in the user's cache folder if it is there.

    The file is JSON, named by a digest of the stored pictures and of the model. Where no file can
    be read or written, the memory is calibrated anew.

    Args:
        index: of the stored pictures.
        pictures: uint8 of shape (K, h, w, C).
    """
    folder = cache_folder.in_home()
    if folder is None:
        return calibrate(index, pictures)
    path = _path(pictures, folder)
    with contextlib.suppress(OSError, ValueError, TypeError):
        offset, slope = json.loads(path.read_text())
        return float(offset), float(slope)
    correction = calibrate(index, pictures)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(correction))
        unfinished.replace(path)
    return correction


def _path(pictures: np.ndarray, folder: Path) -> Path:
    """Return the path of a memory's calibration in the cache folder."""
    some = np.linspace(0, len(pictures) - 1, min(len(pictures), KEY_ROWS)).astype(int)
    key = hashlib.sha256(f"{pictures.shape}{MODEL.read_text()}".encode())
    for row in some:
        key.update(pictures[row].tobytes())
    return folder / f"calibration-{key.hexdigest()[:32]}.json"


def calibrate(
    index: search.Index, pictures: np.ndarray, samples: int = 16, seed: int = 0
) -> tuple[float, float]:
    """Compute the offset and slope of the model's logit for one memory, by leaving out.

    Some stored pictures, undamaged, are explained by all others, in few poses: each is a stranger
    of this memory. In a memory of unlike pictures their logits are low, and a modest fit is
    conclusive; among alike ones they are high. The offset is the part STRENGTH of how far the logit
    that one in ten of them exceeds lies from USUAL. With fewer than three stored pictures there is
    nothing to leave out of, and the model is taken as it is.

    Args:
        index: of the stored pictures.
        pictures: uint8 of shape (K, h, w, C).
        samples: how many stored pictures are left out in turn, at most.
        seed: of their choice.
    """
    count = len(index)
    if count < 3:
        return 0.0, 1.0
    values = []
    for k in np.random.default_rng(seed).choice(count, min(samples, count), replace=False):
        levels = pictures[k].reshape(index.shape).astype(np.float32) / 255
        cue = explain.cue_of(levels, index.shape[2])
        start = search.coarse(
            index, cue.levels, cue.masks, cue.reading, keep=QUICK[0], richness="upright"
        )
        found = explain.explain(index, cue, start, QUICK)
        rest = np.flatnonzero(~evidence.alike(index, k, found.picture))
        if len(rest):
            facts = evidence.features(found, index, rest)
            if evidence.says_anything(facts):
                values.append(float(logit(model(), numbers(facts))))
    if not values:
        return 0.0, 1.0
    highest = RAISE if len(values) >= ENOUGH else 0.0
    away = np.clip(USUAL - np.quantile(values, 0.9), -LOWER, highest)
    return float(STRENGTH * away), 1.0
