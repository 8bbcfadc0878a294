"""How probable a match is: an additive, monotone logistic model of what an explanation shows.

The numbers of the model, in model.json, were fitted to explanations of damaged pictures of several
kinds: faces, photographs, flags, icons and letters, each explained by all stored pictures and by
all but the right one. For one memory it is calibrated by leaving out: undamaged stored pictures are
explained by all others.
"""

import json
from pathlib import Path

import numpy as np

from hopcli.alignment import evidence, explain, search

MODEL = Path(__file__).with_name("model.json")
QUICK = (48, 12, 6)  # hypotheses kept at each level while calibrating
HIGHEST = 2.4  # the largest logit of a stranger that is left as it is: a probability of 0.92


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


def calibrate(index, pictures: np.ndarray, samples: int = 16, seed: int = 0) -> tuple[float, float]:
    """Offset and slope of the model's logit for one memory, by leaving out.

    Some stored pictures, undamaged, are explained by all others, in few poses: each is a stranger
    of this memory. Where such strangers would be said to be sure, the offset is lowered until about
    19 of 20 are not; it is never raised. With fewer than three stored pictures there is nothing to
    leave out of, and the model is taken as it is.
    """
    count = len(index)
    if count < 3:
        return 0.0, 1.0
    values = []
    for k in np.random.default_rng(seed).choice(count, min(samples, count), replace=False):
        cue = explain.cue_of(
            pictures[k].reshape(index.shape).astype(np.float32) / 255, index.shape[2]
        )
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
    return float(-np.clip(np.quantile(values, 0.95) - HIGHEST, 0, 3)), 1.0
