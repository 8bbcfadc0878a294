"""How probable a match is: a logistic model of what an explanation shows, for each memory.

The numbers of the model, in model.json, were fitted by penalised likelihood (`fit`) to
explanations of damaged pictures of several kinds: faces, photographs, flags, icons and letters,
each explained by all stored pictures and by all but the right one. For one memory an offset and a
slope of the logit are calibrated by leaving out: stored pictures are damaged and explained twice,
by all stored pictures and by all others.
"""

import json
from pathlib import Path

import numpy as np

from hopcli.alignment import evidence, explain, levels
from hopcli.kernels import alignment as kernels

MODEL = Path(__file__).with_name("model.json")


def numbers(f: dict) -> np.ndarray:
    """The features of an explanation as numbers of about unit scale."""
    margin = f["margin"] if np.isfinite(f["margin"]) else 0.15
    log_noise = np.log(f["noise"] / 0.02)
    log_margin = np.log(max(margin, 0) + 0.003)
    left = np.log(max(1 - f["explained"], 0) + 0.002)
    excess = np.log(min(max(f["excess"], 0.05), 300.0))
    return np.array(
        [
            excess,
            left,
            np.log(max(1 - f["fit"], 1e-4)),
            log_margin,
            log_noise,
            f["visible"],
            f["neighbours"] * 2,
            np.log(f["loose"] + 0.005),
            np.log(f["shear"] + 0.005),
            f["tone"],
            np.log(max(f["gain_in_energy"], 0) + 0.01),
            abs(np.log(abs(f["gain"]) + 0.05)),
            abs(f["scale"]) * 3,
            f["prior"] / 3,
            np.log(f["contrast"] + 0.01),
        ]
    )


def expanded(x: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Standardised numbers, their products two by two, and 1."""
    z = np.clip((x - mean) / deviation, -3, 3)
    i, j = np.triu_indices(z.shape[-1])
    return np.concatenate([np.ones((*z.shape[:-1], 1)), z, z[..., i] * z[..., j]], -1)


def fit(
    x: np.ndarray, right: np.ndarray, ridge: float = 3.0, ridge_products: float = 15.0, weight=None
) -> dict:
    """Fit the logistic model by Newton's method."""
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    z = expanded(x, mean, deviation)
    size = x.shape[1]
    penalty = np.diag(
        np.r_[1e-3, np.full(size, ridge), np.full(z.shape[1] - size - 1, ridge_products)]
    )
    b = np.zeros(z.shape[1])
    w0 = np.ones(len(x)) if weight is None else weight
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(z @ b, -30, 30)))
        w = w0 * p * (1 - p) + 1e-9
        b += np.linalg.solve(
            z.T @ (w[:, None] * z) + penalty, z.T @ (w0 * (right - p)) - penalty @ b
        )
    return {"mean": mean.tolist(), "deviation": deviation.tolist(), "weights": b.tolist()}


def logit(model: dict, x: np.ndarray) -> np.ndarray:
    """Compute the logit of being right from the numbers of explanations."""
    return expanded(x, np.array(model["mean"]), np.array(model["deviation"])) @ np.array(
        model["weights"]
    )


def damaged(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A stored picture (h, w, C) in [0, 1], moved, relit, covered and made noisy by chance."""
    height, width, depth = picture.shape
    angle = random.choice([0.0, random.normal(0, 8)])
    scale = random.choice([1.0, np.exp(random.normal(0, 0.12))])
    x, y = random.choice([0.0, 1.0]) * random.normal(0, 0.1, 2)
    c, s = np.cos(np.deg2rad(angle)) / scale, np.sin(np.deg2rad(angle)) / scale
    affine = np.array([x, c, s * height / width, y, -s * width / height, c])
    out = np.empty((height, width, depth), np.float32)
    inside = np.empty((height, width), np.bool_)
    kernels.warp(
        np.ascontiguousarray(picture, np.float32),
        affine,
        height,
        width,
        out,
        np.empty_like(out),
        np.empty_like(out),
        inside,
    )
    out[~inside] = picture.mean((0, 1))
    kind = random.integers(5)
    if kind == 0:
        out = out * random.uniform(0.4, 1.3) + random.uniform(-0.1, 0.3)
    elif kind == 1:
        out = 1 - out
    elif kind == 2:
        out = np.clip(out, 0, 1) ** np.exp(random.normal(0, 0.5))
    elif kind == 3:
        high, wide = (
            random.integers(height // 4, height // 2 + 2),
            random.integers(width // 4, width + 1),
        )
        i, j = random.integers(0, height - high + 1), random.integers(0, width - wide + 1)
        out[i : i + high, j : j + wide] = random.choice([0.0, 1.0, random.random()])
    if random.random() < 0.3:
        small = levels.resized(out, max(2, height // 3), max(2, width // 3))
        out = levels.resized(small, height, width)
    out = np.clip(out, 0, 1) + random.choice([0.0, 0.05, 0.15, 0.3]) * random.standard_normal(
        out.shape
    )
    return np.clip(np.rint(np.clip(out, 0, 1) * 255) / 255, 0, 1).astype(np.float32)


def model() -> dict:
    """Return the fitted model."""
    return json.loads(MODEL.read_text())


def calibrate(index, pictures: np.ndarray, samples: int = 40, seed: int = 0) -> tuple[float, float]:
    """Offset and slope of the model's logit for one memory, by leaving out.

    With fewer than three stored pictures there is nothing to leave out of, and the model is taken
    as it is.
    """
    count = len(index)
    if count < 3:
        return 0.0, 1.0
    random = np.random.default_rng(seed)
    base = model()
    x, right = [], []
    for k in random.choice(count, samples, replace=count < samples):
        cue = damaged(pictures[k].reshape(index.shape).astype(np.float32) / 255, random)
        found = explain.search(index, cue)
        everything = np.arange(len(found.picture))
        x.append(numbers(evidence.features(found, index, everything)))
        right.append(found.picture[0] == k)
        rest = everything[found.picture != k]
        if len(rest):
            x.append(numbers(evidence.features(found, index, rest)))
            right.append(False)
    z, right = logit(base, np.array(x)), np.array(right, float)
    # Offset and slope by penalised likelihood, held near 0 and 1.
    b, penalty = np.array([0.0, 1.0]), np.diag([0.5, 8.0])
    rows = np.stack([np.ones_like(z), z], 1)
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(rows @ b, -30, 30)))
        b += np.linalg.solve(
            rows.T @ ((p * (1 - p))[:, None] * rows) + penalty,
            rows.T @ (right - p) - penalty @ (b - [0, 1]),
        )
    return float(b[0]), float(max(b[1], 0.3))
