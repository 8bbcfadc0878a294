"""Loops of the alignment: descriptors in many poses, the best poses, and explanations of a cue."""

import math

import numpy as np
from numba import prange

from hopcli.kernels.compiling import njit


@njit(
    "void(float32[:,:,::1], float64[:,::1], int64, int64, float32[:,::1])",
    fastmath=True,
    parallel=True,
    cache=True,
)
def render(source, affines, grid_height, grid_width, out):
    """Sample the maps of a cue at the cells of the memory's frame, for each pose.

    Parameters
    ----------
    source : float32 array of shape (h, w, C)
        Maps of the cue. Outside of the cue they count as 0.
    affines : float32 array of shape (P, 6)
        From the memory's frame to the cue's, both as [-1, 1] x [-1, 1].
    out : float32 array of shape (P, grid_height * grid_width * C)
    """
    height, width, depth = source.shape
    for p in prange(affines.shape[0]):
        a0, a1, a2, a3, a4, a5 = affines[p]
        at = 0
        for i in range(grid_height):
            q = (2 * i + 1) / grid_height - 1
            for j in range(grid_width):
                r = (2 * j + 1) / grid_width - 1
                x = (a0 + a1 * r + a2 * q + 1) * 0.5 * width - 0.5
                y = (a3 + a4 * r + a5 * q + 1) * 0.5 * height - 0.5
                if x < -0.5 or y < -0.5 or x > width - 0.5 or y > height - 0.5:
                    for c in range(depth):
                        out[p, at + c] = 0.0
                else:
                    x = min(max(x, 0.0), width - 1.0)
                    y = min(max(y, 0.0), height - 1.0)
                    x0 = min(int(x), max(width - 2, 0))
                    y0 = min(int(y), max(height - 2, 0))
                    x1 = min(x0 + 1, width - 1)
                    y1 = min(y0 + 1, height - 1)
                    fx = x - x0
                    fy = y - y0
                    for c in range(depth):
                        top = source[y0, x0, c] * (1 - fx) + source[y0, x1, c] * fx
                        low = source[y1, x0, c] * (1 - fx) + source[y1, x1, c] * fx
                        out[p, at + c] = top * (1 - fy) + low * fy
                at += depth


@njit(
    "void(float32[:,::1], float32[::1], int64, float32[:,::1], int64[:,::1])",
    parallel=True,
    cache=True,
)
def best_poses(scores, prior, count, best, which):
    """Keep, for each stored picture, the poses of the largest scores' absolute values.

    Parameters
    ----------
    scores : float32 array of shape (K, P)
    prior : float32 array of shape (P,)
        Added to the absolute value of a score.
    best, which : arrays of shape (K, count)
        Written: values, largest first, and numbers of poses.
    """
    for k in prange(scores.shape[0]):
        for n in range(count):
            best[k, n] = -np.inf
            which[k, n] = 0
        for p in range(scores.shape[1]):
            value = abs(scores[k, p]) + prior[p]
            if value > best[k, count - 1]:
                n = count - 1
                while n > 0 and best[k, n - 1] < value:
                    best[k, n] = best[k, n - 1]
                    which[k, n] = which[k, n - 1]
                    n -= 1
                best[k, n] = value
                which[k, n] = p


@njit(fastmath=True, inline="always")
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


OUTSIDE = math.log(0.3)
GAIN = 0.3  # stiffness of the gain around 1 or -1, for each unit of weight
TEMPER = 0.7  # a cover of one colour is said to be less surely so than a picture
TONE = 0.15
LIGHT = 3  # gain, offset, tone
POSE = 6


@njit(
    "void(float32[:,:,::1], float64[::1], int64, int64, float32[:,:,::1], float32[:,:,::1],"
    " float32[:,:,::1], boolean[:,::1])",
    fastmath=True,
    cache=True,
)
def warp(picture, affine, height, width, values, across, down, inside):
    """Sample a stored picture at a cue's pixels, with its derivatives across and down."""
    rows, columns, depth = picture.shape
    for i in range(height):
        t = (2 * i + 1) / height - 1
        for j in range(width):
            s = (2 * j + 1) / width - 1
            x = (affine[0] + affine[1] * s + affine[2] * t + 1) * 0.5 * columns - 0.5
            y = (affine[3] + affine[4] * s + affine[5] * t + 1) * 0.5 * rows - 0.5
            if x < -0.5 or y < -0.5 or x > columns - 0.5 or y > rows - 0.5:
                inside[i, j] = False
                for c in range(depth):
                    values[i, j, c] = 0.0
                    across[i, j, c] = 0.0
                    down[i, j, c] = 0.0
                continue
            inside[i, j] = True
            x = min(max(x, 0.0), columns - 1.0)
            y = min(max(y, 0.0), rows - 1.0)
            x0 = min(int(x), max(columns - 2, 0))
            y0 = min(int(y), max(rows - 2, 0))
            x1 = min(x0 + 1, columns - 1)
            y1 = min(y0 + 1, rows - 1)
            fx = x - x0
            fy = y - y0
            for c in range(depth):
                a = picture[y0, x0, c]
                b = picture[y0, x1, c]
                d = picture[y1, x0, c]
                e = picture[y1, x1, c]
                top = a + (b - a) * fx
                low = d + (e - d) * fx
                values[i, j, c] = top + (low - top) * fy
                across[i, j, c] = (b - a) * (1 - fy) + (e - d) * fy
                down[i, j, c] = low - top


@njit(fastmath=True)
def _light(cue, values, weight, light):
    """Gain and offset by weighted least squares; the tone starts at 0."""
    height, width, depth = cue.shape
    s0 = 1e-9
    s1 = 0.0
    s2 = 0.0
    t0 = 0.0
    t1 = 0.0
    for i in range(height):
        for j in range(width):
            w = weight[i, j]
            for c in range(depth):
                v = values[i, j, c]
                s0 += w
                s1 += w * v
                s2 += w * v * v
                t0 += w * cue[i, j, c]
                t1 += w * v * cue[i, j, c]
    spread = s2 - s1 * s1 / s0
    gain = (t1 - s1 * t0 / s0) / (spread + 1e-4 * s0)
    light[0] = gain
    light[1] = (t0 - gain * s1) / s0
    light[2] = 0.0


@njit(fastmath=True, inline="always")
def _palette(cue, colours, i, j, k, d2, variance):
    """Density of covers of constant colours, over that of one of them at its centre.

    Half of it belongs to the colour inside (or outside) of the frame, the rest to the other one,
    black and white.
    """
    depth = cue.shape[2]
    other = 0.0
    black = 0.0
    white = 0.0
    for c in range(depth):
        other += (cue[i, j, c] - colours[1 - k, c]) ** 2
        black += cue[i, j, c] ** 2
        white += (1.0 - cue[i, j, c]) ** 2
    value = 0.5 * math.exp(-0.5 * d2 / variance)
    if other < 40 * variance:
        value += 0.2 * math.exp(-0.5 * other / variance)
    if black < 40 * variance:
        value += 0.15 * math.exp(-0.5 * black / variance)
    if white < 40 * variance:
        value += 0.15 * math.exp(-0.5 * white / variance)
    return value


@njit(fastmath=True)
def _expect(
    cue,
    known,
    values,
    across,
    down,
    inside,
    light,
    noise,
    cover,
    colours,
    coupling,
    blur,
    sweeps,
    visible,
    precision,
):
    """Responsibilities of the visible state by mean field, and the free energy that they have.

    `visible` is read (neighbours) and written in place, pixel by pixel, so that the free energy
    cannot rise.
    """
    height, width, depth = cue.shape
    gain, offset, tone = light[0], light[1], light[2]
    variance = noise * noise
    hidden = math.log(cover[0])
    shown = math.log(1 - cover[0])
    share = cover[1]
    flat = share * math.exp(-TEMPER * depth * (0.918938533 + math.log(noise)))
    loose = 1.0 - share
    evidence = np.empty((height, width))
    base = 0.0
    for i in range(height):
        for j in range(width):
            if known[i, j] == 0.0:
                evidence[i, j] = 0.0
                visible[i, j] = 0.0
                continue
            k = 0 if inside[i, j] else 1
            e2 = 0.0
            slope = 0.0
            d2 = 0.0
            for c in range(depth):
                v = values[i, j, c]
                p = gain * v + offset
                if tone != 0.0 and v > 1e-3:
                    p += tone * v * math.log(v)
                p = min(max(p, 0.0), 1.0)
                x = cue[i, j, c]
                e2 += (x - p) ** 2
                slope += across[i, j, c] ** 2 + down[i, j, c] ** 2
                d2 += (x - colours[k, c]) ** 2
            covered = math.log(flat * _palette(cue, colours, i, j, k, d2, variance) + loose)
            weight = known[i, j]
            if k == 1:
                base -= weight * (covered + OUTSIDE)
                evidence[i, j] = 0.0
                visible[i, j] = 0.0
                precision[i, j] = 0.0
                continue
            spread = variance + blur * gain * gain * slope / depth
            precision[i, j] = 1.0 / spread
            seen = shown - 0.5 * e2 / spread - depth * (0.918938533 + 0.5 * math.log(spread))
            covered += hidden
            base -= weight * covered
            evidence[i, j] = weight * (seen - covered)
    energy = base
    for _ in range(sweeps):
        for i in range(height):
            for j in range(width):
                if known[i, j] == 0.0 or not inside[i, j]:
                    continue
                field = 0.0
                if i > 0 and known[i - 1, j] > 0 and inside[i - 1, j]:
                    field += 2 * visible[i - 1, j] - 1
                if i < height - 1 and known[i + 1, j] > 0 and inside[i + 1, j]:
                    field += 2 * visible[i + 1, j] - 1
                if j > 0 and known[i, j - 1] > 0 and inside[i, j - 1]:
                    field += 2 * visible[i, j - 1] - 1
                if j < width - 1 and known[i, j + 1] > 0 and inside[i, j + 1]:
                    field += 2 * visible[i, j + 1] - 1
                a = evidence[i, j] + 2 * coupling * field
                r = 1.0 / (1.0 + math.exp(-a)) if a > -30 else 0.0
                visible[i, j] = r
    for i in range(height):
        for j in range(width):
            if known[i, j] == 0.0 or not inside[i, j]:
                continue
            r = visible[i, j]
            energy -= r * evidence[i, j]
            if 1e-9 < r < 1 - 1e-9:
                energy += r * math.log(r) + (1 - r) * math.log(1 - r)
            if i < height - 1 and known[i + 1, j] > 0 and inside[i + 1, j]:
                energy += coupling * (1 - (2 * r - 1) * (2 * visible[i + 1, j] - 1))
            if j < width - 1 and known[i, j + 1] > 0 and inside[i, j + 1]:
                energy += coupling * (1 - (2 * r - 1) * (2 * visible[i, j + 1] - 1))
    return energy


@njit(fastmath=True)
def _normal_equations(
    cue,
    known,
    values,
    across,
    down,
    light,
    visible,
    precision,
    rows,
    columns,
    moving,
    matrix,
    vector,
):
    """Weighted Gauss-Newton equations for gain, offset, tone and the six numbers of the pose."""
    height, width, depth = cue.shape
    size = LIGHT + POSE if moving else LIGHT
    matrix[:] = 0.0
    vector[:] = 0.0
    row = np.empty(LIGHT + POSE)
    gain, offset, tone = light[0], light[1], light[2]
    for i in range(height):
        t = (2 * i + 1) / height - 1
        for j in range(width):
            w = visible[i, j] * precision[i, j] * known[i, j]
            if w < 1e-3:
                continue
            s = (2 * j + 1) / width - 1
            for c in range(depth):
                v = values[i, j, c]
                curve = v * math.log(v) if v > 1e-3 else 0.0
                slope = gain + tone * (math.log(v) + 1 if v > 1e-3 else -5.9)
                p = gain * v + offset + tone * curve
                x = cue[i, j, c]
                if (p < 0.0 and x <= 0.02) or (p > 1.0 and x >= 0.98):
                    continue
                e = x - min(max(p, 0.0), 1.0)
                row[0] = v
                row[1] = 1.0
                row[2] = curve
                if moving:
                    gx = slope * across[i, j, c] * 0.5 * columns
                    gy = slope * down[i, j, c] * 0.5 * rows
                    row[3] = gx
                    row[4] = gx * s
                    row[5] = gx * t
                    row[6] = gy
                    row[7] = gy * s
                    row[8] = gy * t
                for a in range(size):
                    wa = w * row[a]
                    vector[a] += wa * e
                    for b in range(a + 1):
                        matrix[a, b] += wa * row[b]
    return size


@njit(fastmath=True)
def _statistics(cue, known, values, inside, light, noise, visible, precision, cover, colours):
    """New noise, cover share and cover colours, by maximisation with the responsibilities held."""
    height, width, depth = cue.shape
    gain, offset, tone = light[0], light[1], light[2]
    variance = noise * noise
    flat = cover[1] * math.exp(-TEMPER * depth * (0.918938533 + math.log(noise)))
    loose = 1.0 - cover[1]
    ratio = 0.0
    weight = 1e-6
    total = 1e-6
    sums = np.zeros((2, depth))
    mass = np.full(2, 1e-6)
    pool = 1e-6
    constant = 0.0
    for i in range(height):
        for j in range(width):
            if known[i, j] == 0.0:
                continue
            k = 0 if inside[i, j] else 1
            u = known[i, j]
            r = visible[i, j]
            d2 = 0.0
            e2 = 0.0
            for c in range(depth):
                v = values[i, j, c]
                p = gain * v + offset
                if tone != 0.0 and v > 1e-3:
                    p += tone * v * math.log(v)
                e2 += (cue[i, j, c] - min(max(p, 0.0), 1.0)) ** 2
                d2 += (cue[i, j, c] - colours[k, c]) ** 2
            mixed = flat * _palette(cue, colours, i, j, k, d2, variance)
            near = flat * 0.5 * math.exp(-0.5 * d2 / variance)
            whole = u * (1 - r) * mixed / (mixed + loose)
            constant += whole
            f = near
            f = u * (1 - r) * near / (mixed + loose)
            mass[k] += f
            pool += u * (1 - r)
            for c in range(depth):
                sums[k, c] += f * cue[i, j, c]
            if k == 0:
                total += u
                weight += u * r
                ratio += u * r * e2 * precision[i, j] / depth
    for k in range(2):
        if mass[k] > 0.5:
            for c in range(depth):
                colours[k, c] = sums[k, c] / mass[k]
    cover[0] = min(max((total - weight + 0.05 * total) / (1.4 * total), 0.03), 0.5)
    cover[1] = min(max((constant + 2.0) / (pool + 4.0), 0.1), 0.95)
    return ratio, weight


@njit(
    "void(float32[:,:,::1], float32[:,::1], float32[:,:,:,::1], float64[:,::1], float64[:,:,::1],"
    " float32[:,:,::1], float64[:,:,::1], float64[::1], int64, int64, float64[:,::1],"
    " float32[:,:,::1], float64[:,::1])",
    fastmath=True,
    parallel=True,
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
        Lowest noise, coupling, squared error of registration in pixels, stiffness against shear.
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
    lowest, coupling, blur, stiffness = settings[0], settings[1], settings[2], settings[3]
    weight_sum = 0.0
    for i in range(height):
        for j in range(width):
            weight_sum += known[i, j]
    for m in prange(count):
        picture = pictures[m]
        values = np.empty((height, width, depth), np.float32)
        across = np.empty((height, width, depth), np.float32)
        down = np.empty((height, width, depth), np.float32)
        inside = np.empty((height, width), np.bool_)
        precision = np.zeros((height, width), np.float32)
        visible = np.zeros((height, width), np.float32)
        kept = np.zeros((height, width), np.float32)
        affine = affines[m].copy()
        light = np.zeros(3)
        cover = np.zeros(2)
        own = colours[m].copy()
        matrix = np.zeros((9, 9))
        vector = np.zeros(9)
        step = np.zeros(9)
        warp(picture, affine, height, width, values, across, down, inside)
        noise = 0.0
        best = np.inf
        if starts.shape[0] > 0:
            trial_light = np.zeros(3)
            trial_cover = np.zeros(2)
            trial_colours = own.copy()
            for s in range(starts.shape[0]):
                for option in range(2):
                    trial = np.empty((height, width), np.float32)
                    for i in range(height):
                        for j in range(width):
                            trial[i, j] = (
                                starts[s, i, j] if inside[i, j] and known[i, j] > 0 else 0.0
                            )
                    trial_colours[:] = colours[m]
                    if option == 0:
                        _light(cue, values, trial, trial_light)
                    else:
                        if s > 0:
                            continue
                        trial_light[0] = 1.0
                        trial_light[1] = 0.0
                        trial_light[2] = 0.0
                    e2 = 0.0
                    total = 1e-6
                    for i in range(height):
                        for j in range(width):
                            for c in range(depth):
                                p = min(
                                    max(trial_light[0] * values[i, j, c] + trial_light[1], 0.0), 1.0
                                )
                                e2 += trial[i, j] * min((cue[i, j, c] - p) ** 2, 0.04)
                                total += trial[i, j]
                    trial_noise = max(math.sqrt(e2 / total), lowest)
                    trial_cover[0] = 0.2
                    trial_cover[1] = 0.5
                    energy = 0.0
                    for turn in range(3):
                        energy = _expect(
                            cue,
                            known,
                            values,
                            across,
                            down,
                            inside,
                            trial_light,
                            trial_noise,
                            trial_cover,
                            trial_colours,
                            coupling,
                            blur,
                            1,
                            trial,
                            precision,
                        )
                        if turn < 2:
                            size = _normal_equations(
                                cue,
                                known,
                                values,
                                across,
                                down,
                                trial_light,
                                trial,
                                precision,
                                rows,
                                columns,
                                False,
                                matrix,
                                vector,
                            )
                            matrix[0, 0] += GAIN * weight_sum
                            vector[0] += (
                                GAIN
                                * weight_sum
                                * ((1.0 if trial_light[0] > 0 else -1.0) - trial_light[0])
                            )
                            matrix[1, 1] += 1.0
                            vector[1] -= trial_light[1]
                            matrix[2, 2] += TONE * weight_sum
                            vector[2] -= TONE * weight_sum * trial_light[2]
                            if _solve(matrix, vector, size, 0.0, step):
                                for a in range(3):
                                    trial_light[a] += step[a]
                            ratio, weight = _statistics(
                                cue,
                                known,
                                values,
                                inside,
                                trial_light,
                                trial_noise,
                                trial,
                                precision,
                                trial_cover,
                                trial_colours,
                            )
                            trial_noise = min(
                                max(trial_noise * math.sqrt(ratio / weight), lowest), 0.5
                            )
                    if energy < best:
                        best = energy
                        kept[:] = trial
                        light[:] = trial_light
                        cover[:] = trial_cover
                        own[:] = trial_colours
                        noise = trial_noise
            visible[:] = kept
        else:
            light[:] = results[m, 1:4]
            noise = max(results[m, 4], lowest)
            cover[:] = results[m, 5:7]
            visible[:] = maps[m]
        # The state to go back to where a step would raise the energy.
        old_affine = affine.copy()
        old_light = light.copy()
        old_cover = cover.copy()
        old_own = own.copy()
        old_noise = noise
        damping = 1e-3
        best = np.inf
        size = 0
        for iteration in range(iterations + 1):
            warp(picture, affine, height, width, values, across, down, inside)
            if iteration == 0 and starts.shape[0] == 0:
                for i in range(height):
                    for j in range(width):
                        if not inside[i, j]:
                            visible[i, j] = 0.0
            energy = _expect(
                cue,
                known,
                values,
                across,
                down,
                inside,
                light,
                noise,
                cover,
                own,
                coupling,
                blur,
                2,
                visible,
                precision,
            )
            d = (
                forms[m, 0, 0] * affine[1]
                + forms[m, 0, 1] * affine[2]
                + forms[m, 0, 2] * affine[4]
                + forms[m, 0, 3] * affine[5]
            )
            e = (
                forms[m, 1, 0] * affine[1]
                + forms[m, 1, 1] * affine[2]
                + forms[m, 1, 2] * affine[4]
                + forms[m, 1, 3] * affine[5]
            )
            energy += 0.5 * stiffness * (d * d + e * e)
            energy += 0.5 * (
                GAIN * weight_sum * (abs(light[0]) - 1) ** 2
                + light[1] ** 2
                + TONE * weight_sum * light[2] ** 2
            )
            if energy <= best:
                history[m, iteration] = energy
                gain_in_energy = best - energy
                best = energy
                old_affine[:] = affine
                old_light[:] = light
                old_cover[:] = cover
                old_own[:] = own
                old_noise = noise
                kept[:] = visible
                damping = max(damping * 0.3, 1e-4)
                if iteration == iterations or (
                    iteration > holding + 2 and gain_in_energy < 1e-5 * weight_sum
                ):
                    for rest in range(iteration, iterations + 1):
                        history[m, rest] = best
                    break
                moving = iteration >= holding
                size = _normal_equations(
                    cue,
                    known,
                    values,
                    across,
                    down,
                    light,
                    visible,
                    precision,
                    rows,
                    columns,
                    moving,
                    matrix,
                    vector,
                )
                matrix[0, 0] += GAIN * weight_sum
                vector[0] += GAIN * weight_sum * ((1.0 if light[0] > 0 else -1.0) - light[0])
                matrix[1, 1] += 1.0
                vector[1] -= light[1]
                matrix[2, 2] += TONE * weight_sum
                vector[2] -= TONE * weight_sum * light[2]
                if moving:
                    for a in range(4):
                        ia = (4, 5, 7, 8)[a]
                        vector[ia] -= stiffness * (forms[m, 0, a] * d + forms[m, 1, a] * e)
                        for b in range(a + 1):
                            ib = (4, 5, 7, 8)[b]
                            matrix[ia, ib] += stiffness * (
                                forms[m, 0, a] * forms[m, 0, b] + forms[m, 1, a] * forms[m, 1, b]
                            )
                ratio, weight = _statistics(
                    cue, known, values, inside, light, noise, visible, precision, cover, own
                )
                noise = min(max(noise * math.sqrt(ratio / weight), lowest), 0.5)
            else:
                history[m, iteration] = best
                affine[:] = old_affine
                light[:] = old_light
                visible[:] = kept
                damping = max(damping * 10, 1e-2)
                if damping > 1.0:
                    cover[:] = old_cover
                    own[:] = old_own
                    noise = old_noise
                if damping > 1e4 or iteration == iterations:
                    for rest in range(iteration, iterations + 1):
                        history[m, rest] = best
                    break
            if _solve(matrix, vector, size, damping, step):
                for a in range(3):
                    light[a] += step[a]
                if size > 3:
                    for a in range(6):
                        affine[a] += step[3 + a]
        affines[m] = old_affine
        colours[m] = old_own
        results[m, 0] = best
        results[m, 1:4] = old_light
        results[m, 4] = old_noise
        results[m, 5:7] = old_cover
        seen = 0.0
        for i in range(height):
            for j in range(width):
                seen += kept[i, j] * known[i, j]
                maps[m, i, j] = kept[i, j]
        results[m, 7] = seen / max(weight_sum, 1.0)


@njit(
    "Tuple((int32[:,::1], int64))(boolean[:,::1], float32[:,:,::1], float64, int64)",
    cache=True,
)
def components(flat, colour, tolerance, smallest):
    """Label connected regions of flat pixels of one colour: 0 for none, then 1, 2, … by area."""
    height, width, depth = colour.shape
    labels = np.zeros((height, width), np.int32)
    areas = np.zeros(height * width + 1, np.int64)
    stack = np.empty(height * width, np.int64)
    count = 0
    for start in range(height * width):
        if not flat[start // width, start % width] or labels[start // width, start % width] != 0:
            continue
        count += 1
        top = 1
        stack[0] = start
        labels[start // width, start % width] = count
        area = 0
        while top > 0:
            top -= 1
            here = stack[top]
            i, j = here // width, here % width
            area += 1
            for n in range(4):
                y = i + (1, -1, 0, 0)[n]
                x = j + (0, 0, 1, -1)[n]
                if (
                    y < 0
                    or x < 0
                    or y >= height
                    or x >= width
                    or not flat[y, x]
                    or labels[y, x] != 0
                ):
                    continue
                near = True
                for c in range(depth):
                    if abs(colour[y, x, c] - colour[i, j, c]) > tolerance:
                        near = False
                if near:
                    labels[y, x] = count
                    stack[top] = y * width + x
                    top += 1
        areas[count] = area
    order = np.argsort(-areas[1 : count + 1])
    rename = np.zeros(count + 1, np.int32)
    kept = 0
    for n in range(count):
        if areas[order[n] + 1] >= smallest:
            kept += 1
            rename[order[n] + 1] = kept
    for i in range(height):
        for j in range(width):
            labels[i, j] = rename[labels[i, j]]
    return labels, kept
