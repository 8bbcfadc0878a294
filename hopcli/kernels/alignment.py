"""Loops of the alignment: descriptors in many poses, the best poses, regions of one colour."""

import numpy as np

from hopcli.kernels.compiling import njit


@njit(fastmath=True, error_model="numpy", inline="always")
def warp_at(affine, s, t, rows, columns):
    """Where a point of one frame lies in a picture of another: in it or not, its four pixels."""
    x = (affine[0] + affine[1] * s + affine[2] * t + 1) * 0.5 * columns - 0.5
    y = (affine[3] + affine[4] * s + affine[5] * t + 1) * 0.5 * rows - 0.5
    inside = x >= -0.5 and y >= -0.5 and x <= columns - 0.5 and y <= rows - 0.5
    x = min(max(x, 0.0), columns - 1.0)
    y = min(max(y, 0.0), rows - 1.0)
    x0 = min(int(x), max(columns - 2, 0))
    y0 = min(int(y), max(rows - 2, 0))
    x1 = min(x0 + 1, columns - 1)
    y1 = min(y0 + 1, rows - 1)
    return inside, x0, y0, x1, y1, np.float32(x - x0), np.float32(y - y0)


@njit(
    "void(float32[:,:,::1], float64[:,::1], int64, int64, float32[:,::1])",
    fastmath=True,
    error_model="numpy",
    cache=True,
)
def render(source, affines, grid_height, grid_width, out):
    """Sample the maps of a cue at the cells of the memory's frame, for each pose.

    Parameters
    ----------
    source : float32 array of shape (h, w, C)
        Maps of the cue. Outside of the cue they count as 0.
    affines : float64 array of shape (P, 6)
        From the memory's frame to the cue's, both as [-1, 1] x [-1, 1].
    out : float32 array of shape (P, grid_height * grid_width * C)
    """
    height, width, depth = source.shape
    for p in range(affines.shape[0]):
        at = 0
        for i in range(grid_height):
            t = (2 * i + 1) / grid_height - 1
            for j in range(grid_width):
                s = (2 * j + 1) / grid_width - 1
                inside, x0, y0, x1, y1, fx, fy = warp_at(affines[p], s, t, height, width)
                for c in range(depth):
                    value = np.float32(0)
                    if inside:
                        a = source[y0, x0, c]
                        d = source[y1, x0, c]
                        top = a + (source[y0, x1, c] - a) * fx
                        low = d + (source[y1, x1, c] - d) * fx
                        value = top + (low - top) * fy
                    out[p, at + c] = value
                at += depth


@njit(
    "void(float32[:,::1], float32[::1], int64, float32[:,::1], int64[:,::1])",
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
    for k in range(scores.shape[0]):
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


@njit(
    "void(float32[:,:,::1], float64[::1], int64, int64, float32[:,:,::1], float32[:,:,::1],"
    " float32[:,:,::1], boolean[:,::1])",
    fastmath=True,
    error_model="numpy",
    cache=True,
)
def warp(picture, affine, height, width, values, across, down, inside):
    """Sample a stored picture at a cue's pixels, with its derivatives across and down."""
    rows, columns, depth = picture.shape
    for i in range(height):
        t = (2 * i + 1) / height - 1
        for j in range(width):
            s = (2 * j + 1) / width - 1
            here, x0, y0, x1, y1, fx, fy = warp_at(affine, s, t, rows, columns)
            inside[i, j] = here
            for c in range(depth):
                a = picture[y0, x0, c] if here else np.float32(0)
                b = picture[y0, x1, c] if here else np.float32(0)
                d = picture[y1, x0, c] if here else np.float32(0)
                e = picture[y1, x1, c] if here else np.float32(0)
                top = a + (b - a) * fx
                low = d + (e - d) * fx
                values[i, j, c] = top + (low - top) * fy
                across[i, j, c] = (b - a) * (np.float32(1) - fy) + (e - d) * fy
                down[i, j, c] = low - top


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
    rename = np.zeros(count + 1, np.int32)
    kept = 0
    for n in range(1, count + 1):
        if areas[n] < smallest:
            continue
        kept += 1
        rename[n] = 1
        for m in range(1, count + 1):
            if areas[m] > areas[n] or (areas[m] == areas[n] and m < n):
                rename[n] += 1
    for i in range(height):
        for j in range(width):
            labels[i, j] = rename[labels[i, j]]
    return labels, kept
