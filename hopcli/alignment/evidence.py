"""What an explanation says about being right: numbers that do not depend on the pictures' size."""

from dataclasses import dataclass

import numpy as np

from hopcli.alignment import descriptors, levels
from hopcli.kernels import alignment as kernels

BLURS = (
    0.0,
    0.8,
    1.6,
    2.4,
    3.4,
)  # deviations in pixels of the finest level, tried as long as they help
COUPLING = 0.45
EDGE = 0.15  # squared error of registration in pixels
TEMPER = 0.7
LOWEST = 0.02
STIFFNESS = np.array(
    [0.3, 0.01, 0.15, 0.5, 0.5, 0.5]
)  # of gain, offset, tone and the field of the light
COARSE, FINE, COMPARED = 64, 196, 100  # numbers of cells
RIVALS = 3
HALF_LOG = 0.9189385


@dataclass(frozen=True)
class Refit:
    """Explain a hypothesis anew in its pose: blurred, and in a light that changes smoothly."""

    row: int
    picture: int
    score: float  # log-likelihood of the cue
    blur: float
    light: np.ndarray  # gain, offset, tone; gain across, down and outwards
    noise: float
    visible: np.ndarray
    inside: np.ndarray
    expected: np.ndarray
    slope: np.ndarray


def _neighbours(values: np.ndarray) -> np.ndarray:
    total = np.zeros_like(values)
    total[1:] += values[:-1]
    total[:-1] += values[1:]
    total[:, 1:] += values[:, :-1]
    total[:, :-1] += values[:, 1:]
    return total


def _palette(pixels, colours, inside, noise):
    def near(colour):
        return np.exp(-0.5 * ((pixels - colour) ** 2).sum(-1) / noise**2)

    inner, outer = near(colours[0]), near(colours[1])
    return (
        np.where(inside, 0.5 * inner + 0.2 * outer, 0.5 * outer + 0.2 * inner)
        + 0.15 * near(0.0)
        + 0.15 * near(1.0)
    )


def _likelihoods(pixels, expected, slope, gain, noise, colours, inside, constant):
    """Log-likelihoods of the pixels as visible and as covered."""
    depth = pixels.shape[2]
    variance = noise**2 + EDGE * gain**2 * slope
    visible = -0.5 * ((pixels - expected) ** 2).sum(-1) / variance - depth * (
        HALF_LOG + 0.5 * np.log(variance)
    )
    flat = constant * np.exp(-TEMPER * depth * (HALF_LOG + np.log(noise)))
    return visible, np.log(flat * _palette(pixels, colours, inside, noise) + 1 - constant)


def refit(found, index, row: int) -> Refit:
    """Explain one hypothesis anew, its pose held."""
    pixels, weight = found.pixels, found.known
    height, width, depth = pixels.shape
    known, total = weight > 0, float(weight.sum())
    stored = index.pyramid[found.source][found.picture[row]].astype(np.float32) / 255
    if depth != stored.shape[2]:
        stored = stored @ np.array([[0.299], [0.587], [0.114]], np.float32)
    t, s = np.mgrid[
        -1 + 1 / height : 1 - 1 / height : height * 1j, -1 + 1 / width : 1 - 1 / width : width * 1j
    ][..., None]
    outwards = s * s + t * t - 2 / 3
    gain, offset, tone, deviation, share, constant = found.results[row, 1:7]
    colours = found.colours[row]
    centre = np.array([1.0 if gain >= 0 else -1.0, 0, 0, 0, 0, 0])
    best: Refit | None = None
    shown = covered = np.zeros((height, width))
    expected = np.zeros((height, width, depth))
    for blur in BLURS:
        values, across, down = (np.empty((height, width, depth), np.float32) for _ in range(3))
        inside = np.empty((height, width), np.bool_)
        source = descriptors._smooth(stored, blur) if blur else stored
        kernels.warp(
            np.ascontiguousarray(source, np.float32),
            found.affines[row],
            height,
            width,
            values,
            across,
            down,
            inside,
        )
        slope = (across**2 + down**2).sum(-1) / depth
        columns = np.stack(
            [
                values,
                np.ones_like(values),
                values * np.log(np.maximum(values, 1e-3)),
                values * s,
                values * t,
                values * outwards,
            ],
            -1,
        ).astype(np.float64)
        flat = columns.reshape(-1, 6)
        light = np.array([gain, offset, tone, 0, 0, 0])
        visible, noise = found.maps[row].astype(np.float32) * known * inside, max(deviation, LOWEST)
        for _ in range(3):
            sharp = noise**2 / (noise**2 + EDGE * light[0] ** 2 * slope)
            plain = columns @ light
            free = ~(((plain < 0) & (pixels <= 0.02)) | ((plain > 1) & (pixels >= 0.98)))
            w = ((visible * weight * sharp)[..., None] * free).reshape(-1)
            stiff = STIFFNESS * total * noise**2
            weighted = flat * w[:, None]
            light = np.linalg.solve(
                weighted.T @ flat + np.diag(stiff), weighted.T @ pixels.reshape(-1) + stiff * centre
            )
            expected = np.clip(columns @ light, 0, 1)
            squares = ((pixels - expected) ** 2).sum(-1)
            seen = visible * weight
            noise = float(np.sqrt((seen * squares * sharp).sum() / (depth * seen.sum() + 1e-6)))
            noise = min(max(noise, LOWEST), 0.5)
            shown, covered = _likelihoods(
                pixels, expected, slope, light[0], noise, colours, inside, constant
            )
            field = weight * (shown + np.log(1 - share) - covered - np.log(share))
            open_ = inside & known
            for _ in range(2):
                visible = np.where(
                    open_,
                    1
                    / (
                        1
                        + np.exp(
                            -np.clip(
                                field + 2 * COUPLING * _neighbours((2 * visible - 1) * open_),
                                -30,
                                30,
                            )
                        )
                    ),
                    0,
                )
        score = float(
            (
                weight
                * np.where(
                    inside,
                    np.logaddexp(shown + np.log(1 - share), covered + np.log(share)),
                    covered + np.log(0.3),
                )
            ).sum()
        )
        if best is not None and score <= best.score + 4:
            break
        best = Refit(
            row,
            int(found.picture[row]),
            score,
            blur,
            light,
            noise,
            visible,
            inside,
            expected,
            slope,
        )
    assert best is not None  # BLURS is not empty
    return best


def _log_likelihood(found, one: Refit, noise: float) -> np.ndarray:
    """Log-likelihood of each pixel, at a noise that two hypotheses share."""
    shown, covered = _likelihoods(
        found.pixels,
        one.expected,
        one.slope,
        one.light[0],
        noise,
        found.colours[one.row],
        one.inside,
        found.results[one.row, 6],
    )
    return np.where(
        one.inside, np.logaddexp(shown + np.log(0.9), covered + np.log(0.1)), covered + np.log(0.15)
    )


def structure_left(
    pixels: np.ndarray, expected: np.ndarray, weight: np.ndarray, cells: int
) -> float:
    """Compute the share of structure between cells that is left beyond white noise."""
    height, width, depth = pixels.shape
    down, across = (
        levels.averaging(size, to)
        for size, to in zip((height, width), levels.fitted(height, width, cells), strict=True)
    )

    def block(maps):
        return np.einsum("ih,hwc,jw->ijc", down, maps, across, optimize=True)

    def spread(means):
        upwards, sideways = (
            (m > 0).T / np.maximum((m > 0).sum(0), 1)[:, None] for m in (down, across)
        )
        return np.einsum("hi,ijc,wj->hwc", upwards, means, sideways, optimize=True)

    weight = weight[..., None]
    share, error = block(weight), pixels - expected
    residual, picture = (
        block(weight * error) / (share + 1e-6),
        block(weight * pixels) / (share + 1e-6),
    )
    total, size = share.sum() + 1e-9, height * width / share.size
    within = (
        (weight * (error - spread(residual)) ** 2).sum()
        / (weight.sum() * depth + 1e-9)
        * size
        / max(size - 1, 0.5)
    )
    chance = within / size * (share * block(weight**2) / (share + 1e-3) ** 2).sum() / total
    left = (share * residual**2).sum() / (total * depth)
    centre = (share * picture).sum((0, 1)) / total
    power = (share * (picture - centre) ** 2).sum() / (total * depth)
    # The noise of cell means is itself uncertain: two of its standard deviations are given away.
    return float(
        max(left - chance * (1 + 2 * np.sqrt(2 / (share.size * depth))), 0)
        / (max(power - chance, 0) + 2e-4)
    )


def _shear(affine: np.ndarray, shape: tuple, cue: tuple) -> float:
    """Compute how far a pose is from a turn and scale of the cue, as it is or stretched."""
    height, width = shape[:2]
    least = 9.0
    for high, wide in (cue[:2], (height, width), (width, height)):
        m = (
            np.diag([width, height])
            @ affine[[1, 2, 4, 5]].reshape(2, 2)
            @ np.diag([1 / wide, 1 / high])
        )
        size = np.linalg.det(m)
        if size < 0:
            m = m @ np.diag([-1.0, 1.0])
        least = min(
            least, 0.5 * np.hypot(m[0, 0] - m[1, 1], m[0, 1] + m[1, 0]) / np.sqrt(abs(size) + 1e-9)
        )
    return float(least)


SAME = 0.02  # root mean square difference below which two stored pictures count as one


def alike(index, one: int, others: np.ndarray) -> np.ndarray:
    """Which of the stored pictures are the same as one of them."""
    level = index.pyramid[1]
    difference = level[others].astype(np.float32) - level[one].astype(np.float32)
    return np.sqrt((difference**2).mean((1, 2, 3))) / 255 < SAME


def says_anything(facts: dict[str, float]) -> bool:
    """Whether the cue shows more than one colour and noise."""
    return facts["gain_in_energy"] > 0.01 and facts["contrast"] >= 0.01


def features(found, index, rows: np.ndarray) -> dict[str, float]:
    """What decides whether the first of the rows of an explanation is right."""
    pixels, weight = found.pixels, found.known
    height, width, depth = pixels.shape
    known, whole = (weight > 0).astype(float), float(weight.sum())
    first = refit(found, index, rows[0])
    taken, rivals = {first.picture}, []
    for row in rows[1:]:
        if int(found.picture[row]) not in taken and len(rivals) < RIVALS:
            taken.add(int(found.picture[row]))
            rivals.append(refit(found, index, row))
    facts = {"whole": whole}
    if rivals:
        high, wide = levels.fitted(height, width, COMPARED)
        down, across = levels.averaging(height, high), levels.averaging(width, wide)
        steady, difference = [], []
        for rival in rivals:
            z = []
            for noise in (max(first.noise, 0.03), max(rival.noise, 0.03)):
                paired = weight * (
                    _log_likelihood(found, first, noise) - _log_likelihood(found, rival, noise)
                )
                blocks = down @ paired @ across.T * (height * width / (high * wide))
                z.append(blocks.sum() / np.sqrt((blocks**2).sum() + 1))
            steady.append(min(z))
            difference.append(blocks.sum())
        second = max(rivals, key=lambda rival: rival.score)
        facts |= {
            "steady": min(steady),
            "difference": min(difference),
            "margin": (first.score - second.score) / (whole * depth),
            "second": structure_left(pixels, second.expected, second.visible * known, FINE),
            "second_there": structure_left(
                pixels, second.expected, first.visible * known * second.inside, FINE
            ),
        }
    seen = first.visible * weight
    error = (pixels - first.expected) * np.sqrt(first.visible * known)[..., None]
    neighbours = (
        0.5
        * ((error[1:] * error[:-1]).sum() + (error[:, 1:] * error[:, :-1]).sum())
        / ((error**2).sum() + 1e-9)
    )
    centre = (seen[..., None] * pixels).sum((0, 1)) / (seen.sum() + 1e-9)
    power = (seen[..., None] * (pixels - centre) ** 2).sum()
    left = (seen[..., None] * (pixels - first.expected) ** 2).sum()
    palette = np.concatenate([found.colours[first.row], np.zeros((1, depth)), np.ones((1, depth))])
    distance = np.min([((pixels - colour) ** 2).mean(-1) for colour in palette], axis=0)
    covered = (1 - first.visible) * first.inside * weight
    cue = found.shape or pixels.shape
    # What noise alone makes of a shear and of a field of the light.
    t, s = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    steep = (
        seen
        * first.slope
        * first.light[0] ** 2
        * ((s * width / 2) ** 2 + (t * height / 2) ** 2)
        / 2
    ).sum() * depth
    bright = (seen[..., None] * (pixels**2) * (s**2)[..., None]).sum()
    shear = _shear(found.affines[first.row], index.shape, cue)
    shear = np.sqrt(max(shear**2 - 4 * first.noise**2 / (steep + 1e-6), 0))
    field = np.abs(first.light[3:]).max() / (abs(first.light[0]) + 0.05)
    field = np.sqrt(max(field**2 - 4 * first.noise**2 / (bright + 1e-6), 0))
    # A cover hangs together; what a stranger's picture cannot explain is ragged.
    open_ = first.inside & (known > 0)
    rim = (np.abs(np.diff(first.visible, axis=0)) * (open_[1:] & open_[:-1])).sum() + (
        np.abs(np.diff(first.visible, axis=1)) * (open_[:, 1:] & open_[:, :-1])
    ).sum()
    return facts | {
        "fine": structure_left(pixels, first.expected, first.visible * known, FINE),
        "coarse": structure_left(pixels, first.expected, first.visible * known, COARSE),
        "correlated": max(neighbours - 2 / np.sqrt(depth * (first.visible * known).sum() + 1), 0)
        * left
        / (power + 1e-9),
        "shear": float(shear),
        "field": float(field),
        "tone": float(abs(first.light[2])),
        "visible": float(seen.sum() / whole),
        "seen": float(seen.sum()),
        "loose": float((covered * (distance > 9 * first.noise**2)).sum() / whole),
        "blur": first.blur,
        "rim": float(rim / (height + width)),
        "contrast": float(np.sqrt(power / (seen.sum() * depth + 1e-9))),
        "prior": float(found.prior[first.row]),
        "gain_in_energy": (found.null - found.energy[first.row]) / (whole * depth),
    }
