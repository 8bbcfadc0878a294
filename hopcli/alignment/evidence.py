"""What an explanation says about being right: numbers that do not depend on the pictures' size."""

import numpy as np

from hopcli.alignment import descriptors, levels
from hopcli.kernels import alignment as kernels

BLOCKS = 100  # cells by which residuals are averaged


def prediction(stored: np.ndarray, affine: np.ndarray, light: np.ndarray, height: int, width: int):
    """Compute how a cue should show a stored picture, float32 (H, W, C), and where it lies."""
    values = np.empty((height, width, stored.shape[2]), np.float32)
    across, down = np.empty_like(values), np.empty_like(values)
    inside = np.empty((height, width), np.bool_)
    kernels.warp(stored, affine, height, width, values, across, down, inside)
    gain, offset, tone = light
    return np.clip(
        gain * values + offset + tone * values * np.log(np.maximum(values, 1e-3)), 0, 1
    ), inside


def coherence(
    cue: np.ndarray, known: np.ndarray, expected: np.ndarray, visible: np.ndarray
) -> tuple[float, float]:
    """Compute the explained share of coarse structure, and coarse residuals over white noise."""
    height, width = levels.fitted(*cue.shape[:2], BLOCKS)
    down, across = levels.averaging(cue.shape[0], height), levels.averaging(cue.shape[1], width)

    def block(maps):
        return np.einsum("ih,hwc,jw->ijc", down, maps, across, optimize=True)

    weight = (visible * known)[..., None]
    share = block(weight)
    squares = block(weight**2)
    mean_residual = block(weight * (cue - expected)) / (share + 1e-6)
    mean_cue = block(weight * cue) / (share + 1e-6)
    total = share.sum() + 1e-9
    size = cue.shape[0] * cue.shape[1] / (height * width)
    # White noise that remains in a mean of n pixels is its variance over n.
    difference = cue - expected
    noise = (
        (
            weight
            * (
                difference
                - np.einsum(
                    "hi,ijc,wj->hwc",
                    (down > 0).T / np.maximum((down > 0).sum(0), 1)[:, None],
                    mean_residual,
                    (across > 0).T / np.maximum((across > 0).sum(0), 1)[:, None],
                    optimize=True,
                ).astype(np.float32)
            )
            ** 2
        ).sum()
    ) / (weight.sum() * cue.shape[2] + 1e-9)
    expected_noise = noise * squares / (size * (share + 1e-3) ** 2)
    residual = (share * (mean_residual**2)).sum() / (total * cue.shape[2])
    chance = (share * np.minimum(expected_noise, noise)).sum() / total
    centre = (share * mean_cue).sum((0, 1)) / total
    power = (share * (mean_cue - centre) ** 2).sum() / (total * cue.shape[2])
    left = max(residual - chance, 0.0)
    return float(1 - left / (max(power - chance, 0) + 1e-5)), float(residual / (chance + 1e-6))


def features(found, index, rows: np.ndarray) -> dict[str, float]:
    """What decides whether the first of the rows of an explanation is right."""
    first = rows[0]
    picture = found.picture[first]
    others = rows[found.picture[rows] != picture]
    pixels, weight = found.pixels, found.known
    known = (weight > 0).astype(np.float32)
    height, width = known.shape
    stored = index.pyramid[found.source][picture].astype(np.float32) / 255
    if pixels.shape[2] != stored.shape[2]:
        stored = stored @ np.array([[0.299], [0.587], [0.114]], np.float32)
    if found.blur[first] > 0:
        stored = descriptors._smooth(stored, found.blur[first])
    expected, inside = prediction(
        np.ascontiguousarray(stored, np.float32),
        found.affines[first],
        found.results[first, 1:4],
        height,
        width,
    )
    visible = found.maps[first]
    explained, excess = coherence(pixels, known, expected, visible)
    seen = (visible * weight)[..., None]
    depth = pixels.shape[2]
    centre = (seen * pixels).sum((0, 1)) / (seen.sum() + 1e-9)
    total = (seen * (pixels - centre) ** 2).sum()
    left = (seen * (pixels - expected) ** 2).sum()
    # White residuals have no correlation with their neighbours.
    error = (pixels - expected) * np.sqrt(np.minimum(visible, known))[..., None]
    power = (error**2).sum() + 1e-9
    neighbours = (
        0.5 * ((error[1:] * error[:-1]).sum() + (error[:, 1:] * error[:, :-1]).sum()) / power
    )
    whole = weight.sum()
    margin = (found.energy[others[0]] - found.energy[first]) if len(others) else np.nan
    covered = (1 - visible) * inside * weight
    colours = found.colours[first]
    palette = np.concatenate([colours, np.zeros((1, depth)), np.ones((1, depth))])
    distance = np.min([((pixels - c) ** 2).mean(-1) for c in palette], axis=0)
    loose = (covered * (distance > 9 * found.results[first, 4] ** 2)).sum() / whole
    affine = found.affines[first][[1, 2, 4, 5]]
    shear = float(np.hypot(*(found.forms[first] @ affine)))
    return {
        "gain_in_energy": (found.null - found.energy[first]) / (whole * depth),
        "margin": margin / (whole * depth),
        "explained": explained,
        "excess": excess,
        "fit": 1 - left / (total + 1e-9),
        "neighbours": neighbours,
        "visible": found.results[first, 7],
        "noise": found.results[first, 4],
        "loose": loose,
        "shear": shear,
        "tone": abs(found.results[first, 3]),
        "gain": found.results[first, 1],
        "scale": 0.5 * np.log(abs(affine[0] * affine[3] - affine[1] * affine[2]) + 1e-9),
        "prior": found.prior[first],
        "whole": whole,
        "contrast": float(np.sqrt(total / (seen.sum() * depth + 1e-9))),
        "coarse_left": float(np.sqrt(left / (seen.sum() * depth + 1e-9))),
        "other": int(found.picture[others[0]]) if len(others) else -1,
    }
