"""The explanation of a cue by a stored picture: expectation and maximisation, in single precision.

Pixels lie in lines one element longer than the picture is wide, so that neighbours are at fixed
distances and every loop runs over whole arrays; the additional elements have the weight 0.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopcli.kernels.alignment import warp_at
from hopcli.kernels.approximate import exp, log
from hopcli.kernels.compiling import njit

OUTSIDE = np.float32(math.log(0.3))  # logarithm of the weight of a pixel outside of the frame
GAIN = 0.3  # stiffness of the gain around 1 or -1, for each unit of weight
TONE = 0.15  # stiffness of the tone
TEMPER = 0.7  # a cover of one colour is said to be less surely so than a picture
LIGHT = 3  # gain, offset, tone
POSE = 6
HALF_LOG_2PI = 0.918938533
LEAST_LEVEL = np.float32(1e-3)  # below it v log v counts as 0

# Functions that are called by kernels alone need no way in from the interpreter.
_LOOP = {
    "fastmath": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}

_0, _1, _2, _HALF = (np.float32(x) for x in (0, 1, 2, 0.5))
_OWN, _EITHER, _EXTREME = (np.float32(x) for x in (0.3, 0.2, 0.15))
_BLACK, _WHITE = np.float32(0.02), np.float32(0.98)
_TINY = np.float32(1e-9)
_FLAT = np.float32(-5.9)  # derivative of v log v where it counts as 0
_LARGEST_ERROR = np.float32(0.04)


class _Pixels(NamedTuple):
    """Arrays over the pixels of a cue; the first axis of some is that of channels."""

    cue: NDArray[np.float32]
    known: NDArray[np.float32]
    black: NDArray[np.float32]  # squared distance from black, and from white
    white: NDArray[np.float32]
    right: NDArray[np.float32]  # coordinates in [-1, 1]
    below: NDArray[np.float32]
    even: NDArray[np.float32]  # 1 where row and column add up to an even number
    # What a pose makes of the stored picture.
    values: NDArray[np.float32]
    across: NDArray[np.float32]
    down: NDArray[np.float32]
    curve: NDArray[np.float32]  # v log v
    slope: NDArray[np.float32]  # squared gradient, summed over channels
    inside: NDArray[np.float32]
    weight: NDArray[np.float32]  # of known pixels inside of the frame
    turns: NDArray[np.float32]  # two rows: which of them are updated in turn
    # What expectation computes.
    error: NDArray[np.float32]
    inner: NDArray[np.float32]  # squared distances from the cover's colours
    outer: NDArray[np.float32]
    near: NDArray[np.float32]
    mixed: NDArray[np.float32]
    precision: NDArray[np.float32]
    evidence: NDArray[np.float32]
    spare: NDArray[np.float32]
    rows: NDArray[np.float32]  # of the least squares; the last one is the residuals


@njit(**_LOOP)
def _fill(values, value):
    for n in range(values.size):
        values[n] = value


@njit(**_LOOP)
def _copy(source, target):
    for n in range(source.size):
        target[n] = source[n]


@njit(**_LOOP)
def _copy_rows(source, target):
    for i in range(source.shape[0]):
        for n in range(source.shape[1]):
            target[i, n] = source[i, n]


@njit(**_LOOP)
def _sum(values):
    total = _0
    for n in range(values.size):
        total += values[n]
    return total


@njit(**_LOOP)
def _solve(matrix, vector, size, damping, step):
    """Solve (matrix + damping * diagonal) step = vector by Cholesky; False where it is singular."""
    lower = np.empty((size, size))
    for i in range(size):
        for j in range(i + 1):
            value = matrix[i, j]
            if i == j:
                value += damping * matrix[i, i] + 1e-9
            for k in range(j):
                value -= lower[i, k] * lower[j, k]
            if i == j:
                if value <= 0:
                    return False
                lower[i, i] = math.sqrt(value)
            else:
                lower[i, j] = value / lower[j, j]
    for i in range(size):
        value = vector[i]
        for k in range(i):
            value -= lower[i, k] * step[k]
        step[i] = value / lower[i, i]
    for i in range(size - 1, -1, -1):
        value = step[i]
        for k in range(i + 1, size):
            value -= lower[k, i] * step[k]
        step[i] = value / lower[i, i]
    return True


@njit(**_LOOP)
def _pixels(cue, known):
    """The arrays for a cue."""
    height, width, depth = cue.shape
    line = width + 1
    size = (height * line + 15) // 16 * 16
    p = _Pixels(
        np.zeros((depth, size), np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros((depth, size), np.float32),
        np.zeros((depth, size), np.float32),
        np.zeros((depth, size), np.float32),
        np.zeros((depth, size), np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros((2, size), np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size + 2 * line, np.float32),
        np.zeros((LIGHT + POSE + 1, size), np.float32),
    )
    for i in range(height):
        for j in range(width):
            n = i * line + j
            p.known[n] = known[i, j]
            p.right[n] = (2 * j + 1) / width - 1
            p.below[n] = (2 * i + 1) / height - 1
            p.even[n] = 1 - (i + j) % 2
            for c in range(depth):
                x = cue[i, j, c]
                p.cue[c, n] = x
                p.black[n] += x * x
                p.white[n] += (_1 - x) * (_1 - x)
    return p


@njit(**_LOOP)
def _tone_curve(values, curve):
    for n in range(values.size):
        v = max(values[n], LEAST_LEVEL)
        curve[n] = v * log(v) if values[n] > LEAST_LEVEL else _0


@njit(**_LOOP)
def _add_squares(values, total):
    for n in range(values.size):
        total[n] += values[n] * values[n]


@njit(**_LOOP)
def _take_turns(p):
    """Weights of the pixels inside of the frame, and which of them are updated together."""
    known, inside, weight, even = p.known, p.inside, p.weight, p.even
    for n in range(weight.size):
        weight[n] = known[n] * inside[n]
    first, second = p.turns[0], p.turns[1]
    for n in range(weight.size):
        first[n] = even[n] if weight[n] > _0 else _0
    for n in range(weight.size):
        second[n] = _1 - even[n] if weight[n] > _0 else _0


@njit(**_LOOP)
def _lay(picture, affine, height, width, p):
    """Lay a stored picture over the cue: its values there, and what depends on them alone."""
    line = width + 1
    rows, columns, depth = picture.shape
    for i in range(height):
        t = (2 * i + 1) / height - 1
        for j in range(width):
            s = (2 * j + 1) / width - 1
            n = i * line + j
            inside, x0, y0, x1, y1, fx, fy = warp_at(affine, s, t, rows, columns)
            if not inside:
                p.inside[n] = _0
                for c in range(depth):
                    p.values[c, n] = _0
                    p.across[c, n] = _0
                    p.down[c, n] = _0
                continue
            p.inside[n] = _1
            for c in range(depth):
                a = picture[y0, x0, c]
                b = picture[y0, x1, c]
                d = picture[y1, x0, c]
                e = picture[y1, x1, c]
                top = a + (b - a) * fx
                low = d + (e - d) * fx
                p.values[c, n] = top + (low - top) * fy
                p.across[c, n] = (b - a) * (_1 - fy) + (e - d) * fy
                p.down[c, n] = low - top
    _fill(p.slope, _0)
    for c in range(depth):
        _tone_curve(p.values[c], p.curve[c])
        _add_squares(p.across[c], p.slope)
        _add_squares(p.down[c], p.slope)
    _take_turns(p)


@njit(**_LOOP)
def _add_errors(cue, values, curve, gain, offset, tone, error):
    for n in range(cue.size):
        e = cue[n] - min(max(gain * values[n] + offset + tone * curve[n], _0), _1)
        error[n] += e * e


@njit(**_LOOP)
def _errors(light, p):
    """Squared errors of what a light makes of the stored picture, summed over channels."""
    _fill(p.error, _0)
    for c in range(p.cue.shape[0]):
        _add_errors(
            p.cue[c],
            p.values[c],
            p.curve[c],
            np.float32(light[0]),
            np.float32(light[1]),
            np.float32(light[2]),
            p.error,
        )


@njit(**_LOOP)
def _add_distances(cue, colour, distance):
    for n in range(cue.size):
        distance[n] += (cue[n] - colour) * (cue[n] - colour)


@njit(**_LOOP)
def _near(inner, outer, inside, half, near):
    for n in range(near.size):
        one, two = exp(half * inner[n]), exp(half * outer[n])
        near[n] = two + inside[n] * (one - two)


@njit(**_LOOP)
def _mixed(inner, outer, near, black, white, half, flat, mixed):
    for n in range(near.size):
        either = exp(half * inner[n]) + exp(half * outer[n])
        extreme = exp(half * black[n]) + exp(half * white[n])
        mixed[n] = flat * (_OWN * near[n] + _EITHER * either + _EXTREME * extreme)


@njit(**_LOOP)
def _visible_evidence(error, mixed, weight, precision, loose, depth, constant, evidence):
    for n in range(error.size):
        seen = _HALF * (depth * log(precision[n]) - error[n] * precision[n])
        evidence[n] = weight[n] * (constant + seen - log(mixed[n] + loose))


@njit(**_LOOP)
def _covered_energy(mixed, known, inside, loose, hidden):
    total = _0
    for n in range(mixed.size):
        prior = OUTSIDE + inside[n] * (hidden - OUTSIDE)
        total -= known[n] * (log(mixed[n] + loose) + prior)
    return total


@njit(**_LOOP)
def _update(evidence, turn, left, right, up, below, old, coupling, new):
    for n in range(evidence.size):
        field = evidence[n] + coupling * (left[n] + right[n] + up[n] + below[n])
        e = exp(-field)
        new[n] = old[n] + turn[n] * ((_1 - e) / (_1 + e) - old[n])


@njit(**_LOOP)
def _sweep(evidence, turn, line, coupling, source, target):
    """Minimise the free energy over the visibility of every other pixel, the rest held."""
    size = evidence.size
    _update(
        evidence,
        turn,
        source[line - 1 : line - 1 + size],
        source[line + 1 : line + 1 + size],
        source[:size],
        source[2 * line : 2 * line + size],
        source[line : line + size],
        coupling,
        target[line : line + size],
    )


@njit(**_LOOP)
def _visible_energy(evidence, weight, spins, right, below, right_weight, below_weight, coupling):
    total = _0
    bonds = _0
    for n in range(evidence.size):
        r = _HALF + _HALF * spins[n]
        disorder = r * log(max(r, _TINY)) + (_1 - r) * log(max(_1 - r, _TINY))
        here = _1 if weight[n] > _0 else _0
        total += here * (disorder - r * evidence[n])
        bonds += here * ((_1 if right_weight[n] > _0 else _0) - spins[n] * right[n])
        bonds += here * ((_1 if below_weight[n] > _0 else _0) - spins[n] * below[n])
    return total + coupling * bonds


@njit(**_LOOP)
def _clear(turns, spins):
    first, second = turns[0], turns[1]
    for n in range(spins.size):
        spins[n] *= first[n] + second[n]


@njit(**_LOOP)
def _expect(p, line, light, noise, cover, colours, coupling, blur, sweeps, spins):
    """Compute how visible each pixel is, by mean field, and the free energy of that.

    `spins` holds 2 r - 1 of the visible state's probabilities r, and is written in place; each
    half of a sweep minimises the free energy over the pixels whose turn it is.
    """
    depth, size = p.cue.shape
    variance = np.float32(noise * noise)
    flat = np.float32(cover[1] * math.exp(-TEMPER * depth * (HALF_LOG_2PI + math.log(noise))))
    loose = np.float32(1.0 - cover[1])
    half = -_HALF / variance
    _errors(light, p)
    _fill(p.inner, _0)
    _fill(p.outer, _0)
    for c in range(depth):
        _add_distances(p.cue[c], np.float32(colours[0, c]), p.inner)
        _add_distances(p.cue[c], np.float32(colours[1, c]), p.outer)
    _near(p.inner, p.outer, p.inside, half, p.near)
    _mixed(p.inner, p.outer, p.near, p.black, p.white, half, flat, p.mixed)
    factor = np.float32(blur * light[0] * light[0] / depth)
    precision, slope = p.precision, p.slope
    for n in range(size):
        precision[n] = _1 / (variance + factor * slope[n])
    hidden = math.log(cover[0])
    constant = np.float32(math.log(1 - cover[0]) - hidden - depth * HALF_LOG_2PI)
    _visible_evidence(
        p.error, p.mixed, p.weight, precision, loose, np.float32(depth), constant, p.evidence
    )
    energy = np.float64(_covered_energy(p.mixed, p.known, p.inside, loose, np.float32(hidden)))
    _clear(p.turns, spins[line : line + size])
    _copy(spins, p.spare)
    double = np.float32(2 * coupling)
    for _ in range(sweeps):
        _sweep(p.evidence, p.turns[0], line, double, spins, p.spare)
        _sweep(p.evidence, p.turns[1], line, double, p.spare, spins)
    _fill(p.spare, _0)
    _copy(p.weight, p.spare[line : line + size])
    energy += _visible_energy(
        p.evidence,
        p.weight,
        spins[line : line + size],
        spins[line + 1 : line + 1 + size],
        spins[2 * line : 2 * line + size],
        p.spare[line + 1 : line + 1 + size],
        p.spare[2 * line : 2 * line + size],
        np.float32(coupling),
    )
    return energy


@njit(**_LOOP)
def _roots(spins, precision, weight, values, curve, cue, gain, offset, tone, root):
    for n in range(root.size):
        share = (_HALF + _HALF * spins[n]) * precision[n] * weight[n]
        level = gain * values[n] + offset + tone * curve[n]
        # A pixel that is overexposed, or black, as expected says nothing about the light.
        low = level < _0 and cue[n] <= _BLACK
        high = level > _1 and cue[n] >= _WHITE
        root[n] = _0 if low or high else math.sqrt(max(share, _0))


@njit(**_LOOP)
def _residuals(values, curve, cue, root, gain, offset, tone, out):
    for n in range(out.size):
        level = gain * values[n] + offset + tone * curve[n]
        out[n] = root[n] * (cue[n] - min(max(level, _0), _1))


@njit(**_LOOP)
def _products(one, two, out):
    for n in range(out.size):
        out[n] = one[n] * two[n]


@njit(**_LOOP)
def _moves(values, curve, change, root, gain, tone, out):
    for n in range(out.size):
        v = values[n]
        bend = curve[n] / max(v, LEAST_LEVEL) + _1 if v > LEAST_LEVEL else _FLAT
        out[n] = (gain + tone * bend) * change[n] * root[n]


@njit(**_LOOP)
def _dot(one, two):
    total = _0
    for n in range(one.size):
        total += one[n] * two[n]
    return total


@njit(**_LOOP)
def _equations(p, line, spins, light, rows, columns, moving, weight_sum, matrix, vector):
    """Weighted Gauss-Newton equations for gain, offset, tone and the six numbers of the pose."""
    depth, length = p.cue.shape
    size = LIGHT + POSE if moving else LIGHT
    for a in range(LIGHT + POSE):
        vector[a] = 0.0
        for b in range(LIGHT + POSE):
            matrix[a, b] = 0.0
    gain, offset, tone = np.float32(light[0]), np.float32(light[1]), np.float32(light[2])
    last = p.rows[LIGHT + POSE]
    for c in range(depth):
        values, curve, cue = p.values[c], p.curve[c], p.cue[c]
        root = p.rows[1]
        now = spins[line : line + length]
        _roots(now, p.precision, p.weight, values, curve, cue, gain, offset, tone, root)
        _products(values, root, p.rows[0])
        _products(curve, root, p.rows[2])
        _residuals(values, curve, cue, root, gain, offset, tone, last)
        if moving:
            _moves(values, curve, p.across[c], root, gain, tone, p.rows[3])
            _products(p.rows[3], p.right, p.rows[4])
            _products(p.rows[3], p.below, p.rows[5])
            _moves(values, curve, p.down[c], root, gain, tone, p.rows[6])
            _products(p.rows[6], p.right, p.rows[7])
            _products(p.rows[6], p.below, p.rows[8])
        for a in range(size):
            vector[a] += _dot(p.rows[a], last)
            for b in range(a + 1):
                matrix[a, b] += _dot(p.rows[a], p.rows[b])
    # The derivatives were by the stored picture's pixels; the pose counts half its sides.
    for a in range(LIGHT, size):
        unit = 0.5 * columns if a < LIGHT + 3 else 0.5 * rows
        vector[a] *= unit
        for b in range(a + 1):
            matrix[a, b] *= unit
        for b in range(a, size):
            matrix[b, a] *= unit
    matrix[0, 0] += GAIN * weight_sum
    vector[0] += GAIN * weight_sum * ((1.0 if light[0] > 0 else -1.0) - light[0])
    matrix[1, 1] += 1.0
    vector[1] -= light[1]
    matrix[2, 2] += TONE * weight_sum
    vector[2] -= TONE * weight_sum * light[2]
    return size


@njit(**_LOOP)
def _cover_sums(known, inside, spins, near, mixed, loose, flat):
    """Weight of hidden pixels, of constant covers, and of the two colours' own covers."""
    pool, constant, inner, outer = _0, _0, _0, _0
    for n in range(known.size):
        hidden = known[n] * (_1 - inside[n] * (_HALF + _HALF * spins[n]))
        part = hidden / (mixed[n] + loose)
        pool += hidden
        constant += part * mixed[n]
        own = part * near[n] * flat
        inner += own * inside[n]
        outer += own * (_1 - inside[n])
    return pool, constant, inner, outer


@njit(**_LOOP)
def _colour_sums(cue, known, inside, spins, near, mixed, loose, flat):
    """Sums of a channel over the two colours' own covers."""
    inner, outer = _0, _0
    for n in range(known.size):
        hidden = known[n] * (_1 - inside[n] * (_HALF + _HALF * spins[n]))
        own = hidden / (mixed[n] + loose) * near[n] * flat * cue[n]
        inner += own * inside[n]
        outer += own * (_1 - inside[n])
    return inner, outer


@njit(**_LOOP)
def _noise_sums(weight, spins, error, precision):
    total, seen, ratio = _0, _0, _0
    for n in range(weight.size):
        share = weight[n] * (_HALF + _HALF * spins[n])
        total += weight[n]
        seen += share
        ratio += share * error[n] * precision[n]
    return total, seen, ratio


@njit(**_LOOP)
def _maximise(p, line, spins, noise, lowest, cover, colours):
    """New noise, cover shares and cover colours, the visibility held; return the noise."""
    depth, size = p.cue.shape
    now = spins[line : line + size]
    half_flat = np.float32(
        0.5 * cover[1] * math.exp(-TEMPER * depth * (HALF_LOG_2PI + math.log(noise)))
    )
    loose = np.float32(1.0 - cover[1])
    pool, constant, inner, outer = _cover_sums(
        p.known, p.inside, now, p.near, p.mixed, loose, half_flat
    )
    for c in range(depth):
        one, two = _colour_sums(p.cue[c], p.known, p.inside, now, p.near, p.mixed, loose, half_flat)
        if inner > 0.5:
            colours[0, c] = one / inner
        if outer > 0.5:
            colours[1, c] = two / outer
    total, seen, ratio = _noise_sums(p.weight, now, p.error, p.precision)
    total += 1e-6
    seen += 1e-6
    cover[0] = min(max((total - seen + 0.05 * total) / (1.4 * total), 0.03), 0.5)
    cover[1] = min(max((constant + 2.0) / (pool + 4.0), 0.1), 0.95)
    return min(max(noise * math.sqrt(ratio / depth / seen), lowest), 0.5)


@njit(**_LOOP)
def _light_sums(cue, values, start):
    s0, s1, s2, t0, t1 = _0, _0, _0, _0, _0
    for n in range(cue.size):
        w, v = start[n], values[n]
        s0 += w
        s1 += w * v
        s2 += w * v * v
        t0 += w * cue[n]
        t1 += w * v * cue[n]
    return s0, s1, s2, t0, t1


@njit(**_LOOP)
def _fit_light(p, start, light):
    """Gain and offset by weighted least squares; the tone starts at 0."""
    s0, s1, s2, t0, t1 = 1e-9, 0.0, 0.0, 0.0, 0.0
    for c in range(p.cue.shape[0]):
        sums = _light_sums(p.cue[c], p.values[c], start)
        s0 += sums[0]
        s1 += sums[1]
        s2 += sums[2]
        t0 += sums[3]
        t1 += sums[4]
    spread = max(s2 - s1 * s1 / s0, 0.0)
    light[0] = (t1 - s1 * t0 / s0) / (spread + 1e-4 * s0)
    light[1] = (t0 - light[0] * s1) / s0
    light[2] = 0.0


@njit(**_LOOP)
def _bounded_errors(cue, values, start, gain, offset):
    total = _0
    for n in range(cue.size):
        e = cue[n] - min(max(gain * values[n] + offset, _0), _1)
        total += start[n] * min(e * e, _LARGEST_ERROR)
    return total


@njit(**_LOOP)
def _first_noise(p, start, light, lowest):
    depth = p.cue.shape[0]
    e2 = 0.0
    for c in range(depth):
        e2 += _bounded_errors(
            p.cue[c], p.values[c], start, np.float32(light[0]), np.float32(light[1])
        )
    return max(math.sqrt(e2 / (depth * _sum(start) + 1e-6)), lowest)


@njit(**_LOOP)
def _stretch(affine, form):
    return form[0] * affine[1] + form[1] * affine[2] + form[2] * affine[4] + form[3] * affine[5]


@njit(
    "void(float32[:,:,::1], float32[:,::1], float32[:,:,:,::1], float64[:,::1], float64[:,:,::1],"
    " float32[:,:,::1], float64[:,:,::1], float64[::1], int64, int64, float64[:,::1],"
    " float32[:,:,::1], float64[:,::1])",
    fastmath=True,
    error_model="numpy",
    cache=True,
)
def explain(
    cue,
    known,
    pictures,
    affines,
    forms,
    starts,
    colours,
    settings,
    iterations,
    holding,
    results,
    maps,
    history,
):
    """Explain a cue by each of several stored pictures, by expectation and maximisation.

    Parameters
    ----------
    cue, known : float32 arrays of shapes (h, w, C) and (h, w)
        Levels in [0, 1]; 0 in `known` where a pixel is unknown.
    pictures : float32 array of shape (M, H, W, C)
        Stored pictures, one for each hypothesis.
    affines : float64 array of shape (M, 6)
        From the cue's frame to the stored picture's, both as [-1, 1] x [-1, 1]. Refined in place.
    forms : float64 array of shape (M, 2, 4)
        Linear forms of affine numbers 1, 2, 4, 5 that vanish for a similarity transform.
    starts : float32 array of shape (S, h, w)
        Visibility maps to start from; the one that leads to the lowest energy is kept.
        With S = 0 the start is what `results` and `maps` hold already.
    colours : float64 array of shape (M, 2, C)
        Constant colours of covers inside and outside of the stored picture's frame.
    settings : float64 array
        Lowest noise, coupling, squared error of registration in pixels, stiffness against shear,
        and the decrease of the energy, for each unit of weight, below which iterations end.
    iterations, holding : int
        Number of iterations, of which the first `holding` leave the pose as it is.
    results : float64 array of shape (M, 8)
        Energy, gain, offset, tone, noise, share covered, share of constant covers, visible share.
    maps : float32 array of shape (M, h, w)
        Responsibilities of the visible state.
    history : float64 array of shape (M, iterations + 1)
        The energy after each accepted step.
    """
    height, width, depth = cue.shape
    count, rows, columns = pictures.shape[:3]
    lowest, coupling, blur = settings[0], settings[1], settings[2]
    stiffness, still = settings[3], settings[4]
    line = width + 1
    # For each literal that a function is called with, numba would compile it anew.
    once, twice, light_alone = np.int64(1), np.int64(2), np.int64(LIGHT)
    posed = np.bool_(False)
    p = _pixels(cue, known)
    size = p.known.size
    weight_sum = np.float64(_sum(p.known))
    spins = np.zeros(size + 2 * line, np.float32)
    kept = np.zeros(size + 2 * line, np.float32)
    trial = np.zeros(size + 2 * line, np.float32)
    start = np.zeros(size, np.float32)
    matrix = np.zeros((LIGHT + POSE, LIGHT + POSE))
    vector = np.zeros(LIGHT + POSE)
    step = np.zeros(LIGHT + POSE)
    affine = np.zeros(POSE)
    light = np.zeros(LIGHT)
    cover = np.zeros(2)
    own = np.zeros((2, depth))
    # The state to go back to where a step would raise the energy.
    old_affine = np.zeros(POSE)
    old_light = np.zeros(LIGHT)
    old_cover = np.zeros(2)
    old_own = np.zeros((2, depth))
    for m in range(count):
        picture = pictures[m]
        _copy(affines[m], affine)
        _lay(picture, affine, height, width, p)
        noise = 0.0
        old_noise = 0.0
        best = np.inf
        # The start without all of the cover's regions but with the light as it is comes last.
        for s in range(starts.shape[0] + 1 if starts.shape[0] > 0 else 0):
            unchanged = s == starts.shape[0]
            for i in range(height):
                for j in range(width):
                    n = i * line + j
                    here = starts[0 if unchanged else s, i, j]
                    start[n] = here if p.weight[n] > 0 else 0.0
                    trial[line + n] = 2 * here - 1
            _copy_rows(colours[m], old_own)
            if unchanged:
                old_light[0] = 1.0
                old_light[1] = 0.0
                old_light[2] = 0.0
            else:
                _fit_light(p, start, old_light)
            old_noise = _first_noise(p, start, old_light, lowest)
            old_cover[0] = 0.2
            old_cover[1] = 0.5
            energy = 0.0
            for turn in range(3):
                energy = _expect(
                    p, line, old_light, old_noise, old_cover, old_own, coupling, blur, once, trial
                )
                if turn < 2:
                    _equations(
                        p,
                        line,
                        trial,
                        old_light,
                        rows,
                        columns,
                        posed,
                        weight_sum,
                        matrix,
                        vector,
                    )
                    if _solve(matrix, vector, light_alone, 0.0, step):
                        for a in range(LIGHT):
                            old_light[a] += step[a]
                        _errors(old_light, p)
                    old_noise = _maximise(p, line, trial, old_noise, lowest, old_cover, old_own)
            if energy < best:
                best = energy
                _copy(trial, spins)
                _copy(old_light, light)
                _copy(old_cover, cover)
                _copy_rows(old_own, own)
                noise = old_noise
        if starts.shape[0] == 0:
            _copy(results[m, 1:4], light)
            noise = max(results[m, 4], lowest)
            _copy(results[m, 5:7], cover)
            _copy_rows(colours[m], own)
            for i in range(height):
                for j in range(width):
                    spins[line + i * line + j] = 2 * maps[m, i, j] - 1
        damping = 1e-3
        best = np.inf
        unknowns = light_alone
        moved = False
        for iteration in range(iterations + 1):
            if moved:
                _lay(picture, affine, height, width, p)
            energy = _expect(p, line, light, noise, cover, own, coupling, blur, twice, spins)
            d = _stretch(affine, forms[m, 0])
            e = _stretch(affine, forms[m, 1])
            energy += 0.5 * stiffness * (d * d + e * e)
            energy += 0.5 * (
                GAIN * weight_sum * (abs(light[0]) - 1) ** 2
                + light[1] ** 2
                + TONE * weight_sum * light[2] ** 2
            )
            if energy <= best:
                gain_in_energy = best - energy
                best = energy
                history[m, iteration] = best
                _copy(affine, old_affine)
                _copy(light, old_light)
                _copy(cover, old_cover)
                _copy_rows(own, old_own)
                old_noise = noise
                _copy(spins, kept)
                damping = max(damping * 0.3, 1e-4)
                settled = iteration > holding + 2 and gain_in_energy < still * weight_sum
                if settled or iteration == iterations:
                    _fill(history[m, iteration:], best)
                    break
                unknowns = _equations(
                    p,
                    line,
                    spins,
                    light,
                    rows,
                    columns,
                    iteration >= holding,
                    weight_sum,
                    matrix,
                    vector,
                )
                if unknowns > LIGHT:
                    for a in range(4):
                        at = LIGHT + (1, 2, 4, 5)[a]
                        vector[at] -= stiffness * (forms[m, 0, a] * d + forms[m, 1, a] * e)
                        for b in range(a + 1):
                            matrix[at, LIGHT + (1, 2, 4, 5)[b]] += stiffness * (
                                forms[m, 0, a] * forms[m, 0, b] + forms[m, 1, a] * forms[m, 1, b]
                            )
                noise = _maximise(p, line, spins, noise, lowest, cover, own)
            else:
                history[m, iteration] = best
                _copy(old_affine, affine)
                _copy(old_light, light)
                _copy(kept, spins)
                damping = max(damping * 10, 1e-2)
                if damping > 1.0:
                    _copy(old_cover, cover)
                    _copy_rows(old_own, own)
                    noise = old_noise
                if damping > 1e4 or iteration == iterations:
                    _fill(history[m, iteration:], best)
                    break
            moved = unknowns > LIGHT
            if _solve(matrix, vector, unknowns, damping, step):
                for a in range(LIGHT):
                    light[a] += step[a]
                if moved:
                    for a in range(POSE):
                        affine[a] += step[LIGHT + a]
        _copy(old_affine, affines[m])
        _copy_rows(old_own, colours[m])
        results[m, 0] = best
        _copy(old_light, results[m, 1:4])
        results[m, 4] = old_noise
        _copy(old_cover, results[m, 5:7])
        seen = 0.0
        for i in range(height):
            for j in range(width):
                spin = kept[line + i * line + j]
                # Pixels outside of the frame hold 0, not a probability.
                r = 0.5 + 0.5 * spin if spin != 0.0 else 0.0
                maps[m, i, j] = r
                seen += r * known[i, j]
        results[m, 7] = seen / max(weight_sum, 1.0)
