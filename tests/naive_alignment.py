"""The alignment's kernels again, pixel by pixel in Python and double precision, to compare with."""

import math

import numpy as np

OUTSIDE = math.log(0.3)


def sampled(picture, affine, s, t):
    """Where a point of another frame lies in a picture: its value and derivatives, or None."""
    rows, columns, depth = picture.shape
    x = (affine[0] + affine[1] * s + affine[2] * t + 1) * columns / 2 - 0.5
    y = (affine[3] + affine[4] * s + affine[5] * t + 1) * rows / 2 - 0.5
    if not (-0.5 <= x <= columns - 0.5 and -0.5 <= y <= rows - 0.5):
        return None
    x, y = min(max(x, 0), columns - 1), min(max(y, 0), rows - 1)
    left, top = min(int(x), max(columns - 2, 0)), min(int(y), max(rows - 2, 0))
    right, below = min(left + 1, columns - 1), min(top + 1, rows - 1)
    fx, fy = x - left, y - top
    result = np.empty((3, depth))
    for c in range(depth):
        a, b = float(picture[top, left, c]), float(picture[top, right, c])
        d, e = float(picture[below, left, c]), float(picture[below, right, c])
        over, under = a + (b - a) * fx, d + (e - d) * fx
        result[:, c] = over + (under - over) * fy, (b - a) * (1 - fy) + (e - d) * fy, under - over
    return result


def centres(size):
    """The centres of so many pixels in [-1, 1]."""
    return [(2 * i + 1) / size - 1 for i in range(size)]


def rendered(source, affines, height, width):
    """Maps at the cells of a frame, for each pose; 0 outside of the source."""
    depth = source.shape[2]
    out = np.zeros((len(affines), height, width, depth))
    for n, affine in enumerate(affines):
        for i, t in enumerate(centres(height)):
            for j, s in enumerate(centres(width)):
                found = sampled(source, affine, s, t)
                if found is not None:
                    out[n, i, j] = found[0]
    return out.reshape(len(affines), -1)


def best_poses(scores, prior, count):
    """The largest absolute scores with their priors, and the numbers of the poses."""
    values = np.abs(scores) + prior
    order = np.argsort(-values, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(values, order, 1), order


def energy(cue, known, picture, affine, forms, colours, settings, result, visible):
    """The free energy of an explanation whose visibility is given."""
    _, coupling, blur, stiffness = settings[:4]
    gain, offset, tone, noise, covered, constant = result[1:7]
    height, width, depth = cue.shape
    variance = noise**2
    density = (2 * math.pi * variance) ** (-0.7 * depth / 2)
    total, weight = 0.0, float(known.sum())
    inside = np.zeros((height, width), bool)
    for i, t in enumerate(centres(height)):
        for j, s in enumerate(centres(width)):
            if known[i, j] == 0:
                continue
            x, w, r = cue[i, j].astype(float), float(known[i, j]), float(visible[i, j])
            found = sampled(picture, affine, s, t)
            inside[i, j] = found is not None
            own, other = colours if found is not None else colours[::-1]
            palette = sum(
                share * math.exp(-0.5 * float(((x - colour) ** 2).sum()) / variance)
                for share, colour in ((0.5, own), (0.2, other), (0.15, 0.0), (0.15, 1.0))
            )
            hidden = math.log(constant * density * palette + 1 - constant)
            if found is None:
                total -= w * (hidden + OUTSIDE)
                continue
            hidden += math.log(covered)
            values, across, down = found
            curve = np.where(values > 1e-3, values * np.log(np.maximum(values, 1e-3)), 0)
            expected = np.clip(gain * values + offset + tone * curve, 0, 1)
            spread = variance + blur * gain**2 * float((across**2 + down**2).sum()) / depth
            seen = -0.5 * float(((x - expected) ** 2).sum()) / spread
            seen += math.log(1 - covered) - depth / 2 * math.log(2 * math.pi * spread)
            total -= w * (r * seen + (1 - r) * hidden)
            total += sum(p * math.log(p) for p in (r, 1 - r) if p > 0)
    for i in range(height):
        for j in range(width):
            for y, x in ((i + 1, j), (i, j + 1)):
                if inside[i, j] and y < height and x < width and inside[y, x]:
                    product = (2 * float(visible[i, j]) - 1) * (2 * float(visible[y, x]) - 1)
                    total += coupling * (1 - product)
    sheared = forms @ affine[[1, 2, 4, 5]]
    light = 0.3 * weight * (abs(gain) - 1) ** 2 + offset**2 + 0.15 * weight * tone**2
    return total + 0.5 * stiffness * float(sheared @ sheared) + 0.5 * light
