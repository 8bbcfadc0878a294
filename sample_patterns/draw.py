"""Draw the sample pictures that come with hop.

Run ``python sample_patterns/draw.py`` to write every picture afresh next to this script:

* ``whole/letters``: the capital letters, made of strokes of one thick round pen;
* ``whole/pictograms``: simple pictures of everyday things;
* ``damaged``: a few of them spoilt in different ways, to be used as cues for recall;
* ``portraits`` and ``damaged-portraits``: little heads in colour, see ``draw_portraits.py``.

All pictures but the portraits are 64 pixels wide and high, with black ink on white paper. They are
bold, with roughly a third to a half of the paper inked, because thin lines would vanish when a
picture is shown only 24 columns wide in a terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import draw_portraits
import numpy as np
from PIL import Image
from shapes import SCALE, Point, Points, arc, averaged, box, covered, disc, spikes, spoke

HERE = Path(__file__).resolve().parent
SIZE = 64


@dataclass(frozen=True)
class Shape:
    """One thing to paint: a filled outline, or a path followed by a round pen.

    Attributes:
        points: Corners of the outline or path, in pixels, x to the right and y down.
        pen: Diameter of the pen; 0 means that the outline is filled instead.
        white: Whether to paint with the white of the paper rather than with black ink.
    """

    points: Points
    pen: float
    white: bool = False


# --- The words in which the pictures are described -------------------------------------------


def fill(*points: Point) -> Shape:
    """Return an outline filled with ink."""
    return Shape(points, pen=0)


def hole(*points: Point) -> Shape:
    """Return an outline filled with paper, cut out of whatever was painted before it."""
    return Shape(points, pen=0, white=True)


def line(pen: float, *points: Point) -> Shape:
    """Return a stroke of ink."""
    return Shape(points, pen)


def gap(pen: float, *points: Point) -> Shape:
    """Return a stroke of paper, like that of an eraser."""
    return Shape(points, pen, white=True)


def rounded(pen: float, *points: Point) -> list[Shape]:
    """Return an outline filled with ink and gone over with a pen, so that its corners are round."""
    return [fill(*points), line(pen, *points, points[0])]


def mirrored(*shapes: Shape) -> list[Shape]:
    """Return the shapes followed by their mirror images in the picture's upright middle line."""
    flipped = [replace(shape, points=[(SIZE - x, y) for x, y in shape.points]) for shape in shapes]
    return [*shapes, *flipped]


# --- Letters ---------------------------------------------------------------------------------

# Letters are described on a grid of 8 by 8 squares, as the paths of the pen's middle. With these
# sizes the edges of upright and level strokes fall between pixels, not across them.
GRID_ORIGIN = 8
GRID_STEP = 6
LETTER_PEN = 12

LETTERS: dict[str, list[Points]] = {
    "A": [[(0, 8), (3.5, 0), (4.5, 0), (8, 8)], [(1.5, 5.5), (6.5, 5.5)]],
    "B": [
        [(1, 4), (1, 0), *arc(4.5, 2, 2, 2, -90, 90), (1, 4)],
        [(1, 4), (1, 8), *arc(5.2, 6, 2, 2, 90, -90), (4.5, 4)],
    ],
    "C": [arc(4.4, 4, 4.2, 4, -55, -305)],
    "D": [[(0.5, 0), *arc(3.5, 4, 4, 4, -90, 90), (0.5, 8), (0.5, 0)]],
    "E": [[(7.5, 0), (0.5, 0), (0.5, 8), (7.5, 8)], [(0.5, 4), (6.5, 4)]],
    "F": [[(7.5, 0), (1.5, 0), (1.5, 8)], [(1.5, 4), (6.5, 4)]],
    "G": [[*arc(4.5, 4, 4.2, 4, -50, -270), (7.5, 8), (7.5, 4.5), (5, 4.5)]],
    "H": [[(1, 0), (1, 8)], [(7, 0), (7, 8)], [(1, 4), (7, 4)]],
    "I": [[(4, 0), (4, 8)], [(1.5, 0), (6.5, 0)], [(1.5, 8), (6.5, 8)]],
    "J": [[(3, 0), (7, 0), *arc(4, 5, 3, 3, 0, 180)]],
    "K": [[(0.5, 0), (0.5, 8)], [(7.5, 0), (1, 5)], [(3.4, 3.2), (7.5, 8)]],
    "L": [[(0.5, 0), (0.5, 8), (7.5, 8)]],
    "M": [[(0, 8), (0, 0), (4, 5), (8, 0), (8, 8)]],
    "N": [[(0.5, 8), (0.5, 0), (7.5, 8), (7.5, 0)]],
    "O": [disc(4, 4, 4)],
    "P": [[(1, 8), (1, 0), *arc(5, 2.5, 2.5, 2.5, -90, 90), (1, 5)]],
    "Q": [disc(3.7, 3.7, 3.7), [(4.9, 4.9), (8, 8)]],
    "R": [
        [(0.5, 8), (0.5, 0), *arc(5, 2.1, 2.1, 2.1, -90, 90), (0.5, 4.2)],
        [(4, 4.2), (7.5, 8)],
    ],
    "S": [[*arc(4, 2, 3.5, 2, -25, -270), *arc(4, 6, 3.5, 2, -90, 155)]],
    "T": [[(0, 0), (8, 0)], [(4, 0), (4, 8)]],
    "U": [[(0.5, 0), *arc(4, 4.5, 3.5, 3.5, 180, 0), (7.5, 0)]],
    "V": [[(0, 0), (3.6, 8), (4.4, 8), (8, 0)]],
    "W": [[(0, 0), (0.5, 8), (4, 3.5), (7.5, 8), (8, 0)]],
    "X": [[(0, 0), (8, 8)], [(8, 0), (0, 8)]],
    "Y": [[(0, 0), (4, 4.5), (8, 0)], [(4, 4.5), (4, 8)]],
    "Z": [[(0.5, 0), (7.5, 0), (0.5, 8), (7.5, 8)]],
}


def letter_shapes(paths: Sequence[Points]) -> list[Shape]:
    """Turn the paths of a letter on its grid into pen strokes on the picture."""
    return [line(LETTER_PEN, *[on_grid(point) for point in path]) for path in paths]


def on_grid(point: Point) -> Point:
    """Return where a point of the letter grid lies on the picture."""
    x, y = point
    return GRID_ORIGIN + GRID_STEP * x, GRID_ORIGIN + GRID_STEP * y


# --- Pictograms ------------------------------------------------------------------------------

# Later shapes are painted over earlier ones, so every picture is built up from back to front.
PICTOGRAMS: dict[str, list[Shape]] = {
    "anchor": [
        line(6, *disc(32, 10, 6)),
        line(10, (32, 19), (32, 56)),
        line(8, (18, 25), (46, 25)),
        line(9, *arc(32, 34, 22, 22, 20, 160)),
        *mirrored(fill((2, 43), (7, 27), (19, 38))),
    ],
    "bicycle": [
        line(6, *disc(15, 44, 12)),
        line(6, *disc(49, 44, 12)),
        line(5, (15, 44), (24, 26), (43, 26), (32, 45), (15, 44)),
        line(5, (32, 45), (22, 17)),
        line(5, (49, 44), (40, 13), (49, 11)),
        line(7, (15, 15), (28, 15)),
    ],
    "bird": [
        fill(*disc(31, 35, 21, 16)),
        fill(*disc(44, 19, 12)),
        fill((53, 12), (63, 20), (53, 25)),
        fill((18, 26), (3, 15), (3, 32), (14, 44)),
        hole(*disc(47, 17, 3)),
        gap(3, *arc(27, 31, 13, 11, 10, 150)),
        line(4, (27, 49), (25, 60), (31, 60)),
        line(4, (37, 49), (37, 60), (43, 60)),
    ],
    "butterfly": [
        *mirrored(
            *rounded(10, (27, 29), (18, 12), (8, 9), (8, 20), (15, 28), (27, 32)),
            *rounded(10, (27, 43), (15, 44), (12, 50), (16, 56), (21, 55), (27, 47)),
            hole(*disc(13, 17, 5)),
            hole(*disc(18, 49, 4)),
            line(3, (32, 14), (25, 3)),
        ),
        gap(9, (32, 18), (32, 58)),
        line(5, (32, 15), (32, 58)),
    ],
    "cactus": [
        line(15, (32, 10), (32, 54)),
        line(10, (32, 41), (11, 41), (11, 25)),
        line(10, (32, 32), (53, 32), (53, 14)),
        fill(*box(7, 55, 57, 62)),
    ],
    "car": [
        fill((1, 32), (11, 29), (19, 12), (46, 12), (55, 29), (63, 34), (63, 49), (1, 49)),
        hole((17, 28), (23, 17), (30, 17), (30, 28)),
        hole((35, 28), (35, 17), (43, 17), (48, 28)),
        *mirrored(hole(*disc(16, 48, 12)), fill(*disc(16, 48, 10)), hole(*disc(16, 48, 4))),
    ],
    "cat": [
        fill(*disc(32, 38, 28, 23)),
        *mirrored(
            fill((4, 38), (7, 3), (30, 18)),
            hole(*disc(20, 32, 6.5, 6.5)),
            fill(*disc(21, 32, 2.5, 5.5)),
            gap(3, (0, 44), (18, 46)),
            gap(3, (2, 55), (18, 52)),
        ),
        hole((26, 42), (38, 42), (32, 48)),
        gap(3, (32, 44), (32, 52)),
        gap(3, *arc(32, 49, 6, 5, 20, 160)),
    ],
    "crown": [
        fill((6, 48), (3, 18), (19, 33), (32, 8), (45, 33), (61, 18), (58, 48)),
        fill(*box(6, 51, 58, 59)),
        *mirrored(fill(*disc(5, 15, 5))),
        fill(*disc(32, 8, 5)),
    ],
    "cup": [
        fill(*box(6, 26, 46, 38), *arc(26, 38, 20, 15, 0, 180)),
        line(6, *arc(46, 34, 12, 8, -90, 90)),
        fill(*box(2, 56, 50, 62)),
        *[line(5, *arc(x, 7, 4, 4, -90, 90), *arc(x, 15, 4, 4, -90, -270)) for x in (18, 35)],
    ],
    "envelope": [
        fill(*box(2, 11, 62, 53)),
        hole(*box(8, 17, 56, 47)),
        line(6, (5, 14), (32, 35), (59, 14)),
    ],
    "fish": [
        fill(*arc(27, 47, 31, 32, -155, -25), *arc(27, 19, 31, 32, 25, 155)),
        fill((43, 33), (63, 11), (58, 33), (63, 55)),
        fill((18, 22), (32, 6), (38, 22)),
        hole(*disc(12, 29, 3.5)),
        gap(3, *arc(12, 33, 12, 14, -50, 50)),
    ],
    "heart": [
        *mirrored(fill(*disc(18, 21, 15)), fill((32, 61), (5, 29), (32, 20))),
        gap(4, *arc(18, 21, 9, 9, 180, 260)),
    ],
    "house": [
        fill(*box(44, 5, 52, 24)),
        fill((32, 3), (63, 32), (1, 32)),
        fill(*box(9, 32, 55, 61)),
        hole(*box(36, 40, 47, 61)),
        hole(*box(16, 39, 28, 51)),
    ],
    "key": [
        line(10, *disc(19, 19, 13)),
        line(10, (28, 28), (57, 57)),
        line(8, (41, 41), (51, 31)),
        line(8, (53, 53), (59, 47)),
    ],
    "moon": [
        fill(*disc(30, 32, 29)),
        hole(*disc(43, 25, 22)),
    ],
    "mushroom": [
        fill(*arc(32, 34, 30, 30, 180, 360)),
        line(6, (5, 34), (59, 34)),
        fill((24, 34), (40, 34), (44, 61), (20, 61)),
        hole(*disc(32, 14, 5)),
        hole(*disc(17, 25, 5)),
        hole(*disc(47, 25, 5)),
    ],
    "sailing-boat": [
        fill((2, 46), (62, 46), (52, 61), (12, 61)),
        line(4, (30, 4), (30, 48)),
        fill((34, 4), (58, 41), (34, 41)),
        fill((26, 12), (26, 41), (6, 41)),
    ],
    "star": [fill(*spikes(32, 34, 33, 16, 5))],
    "sun": [
        fill(*disc(32, 32, 16)),
        *[line(7, *spoke(32, 32, 23, 28, angle)) for angle in range(0, 360, 45)],
    ],
    "tree": [
        fill((32, 2), (48, 22), (16, 22)),
        fill((32, 12), (54, 38), (10, 38)),
        fill((32, 26), (61, 54), (3, 54)),
        fill(*box(26, 54, 38, 62)),
    ],
    "umbrella": [
        fill(*arc(32, 34, 31, 28, 180, 360)),
        *[hole(*disc(x, 36, 9, 8)) for x in (11, 32, 53)],
        line(6, (32, 4), (32, 54), *arc(24, 54, 8, 6, 0, 180)),
    ],
}


# --- Painting --------------------------------------------------------------------------------


def paint(shapes: Sequence[Shape]) -> Image.Image:
    """Paint shapes on white paper and return the finished picture, in black and white only."""
    large = np.ones((SIZE * SCALE, SIZE * SCALE), dtype=bool)
    for shape in shapes:
        large[covered(shape.points, shape.pen, SIZE)] = shape.white
    return Image.fromarray(averaged(large) >= 0.5)


# --- Damage ----------------------------------------------------------------------------------


def noisy(picture: Image.Image, share: float, seed: int) -> Image.Image:
    """Return the picture with a share of its pixels, picked at random, flipped."""
    pixels = np.array(picture)
    picked = np.random.default_rng(seed).choice(
        pixels.size, size=round(share * pixels.size), replace=False
    )
    pixels.flat[picked] = ~pixels.flat[picked]
    return Image.fromarray(pixels)


def partly_known(picture: Image.Image, left: int, top: int, right: int, bottom: int) -> Image.Image:
    """Return the picture with everything outside a rectangle transparent, that is, unknown."""
    # What lies under a transparent pixel means nothing; white makes it look erased even to
    # programs that do not care for transparency.
    known = Image.new("LA", picture.size, (255, 0))
    part = picture.crop((left, top, right, bottom)).convert("LA")
    known.paste(part, (left, top))
    return known


SCRATCHES = [
    gap(5, (0, 14), (64, 34)),
    line(5, (8, 64), (40, 0)),
    gap(5, (24, 64), (60, 2)),
    line(5, (0, 50), (64, 42)),
]


def damaged_pictures(
    letters: dict[str, Image.Image], pictograms: dict[str, Image.Image]
) -> dict[str, Image.Image]:
    """Return the damaged cues by name."""
    half = SIZE // 2
    return {
        "A-noisy": noisy(letters["A"], share=0.25, seed=1),
        "R-half": partly_known(letters["R"], 0, 0, half, SIZE),
        "cat-scratched": paint([*PICTOGRAMS["cat"], *SCRATCHES]),
        "key-noisy": noisy(pictograms["key"], share=0.3, seed=2),
        "tree-corner": partly_known(pictograms["tree"], 0, 0, half, half),
    }


# --- Writing ---------------------------------------------------------------------------------


def save(pictures: dict[str, Image.Image], folder: Path) -> None:
    """Write pictures into a folder, which is made if it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.png", optimize=True)


def main() -> None:
    """Draw everything and write it next to this script."""
    letters = {name: paint(letter_shapes(paths)) for name, paths in LETTERS.items()}
    pictograms = {name: paint(shapes) for name, shapes in PICTOGRAMS.items()}
    save(letters, HERE / "whole" / "letters")
    save(pictograms, HERE / "whole" / "pictograms")
    save(damaged_pictures(letters, pictograms), HERE / "damaged")
    portraits = draw_portraits.portraits()
    for kind, pictures in portraits.items():
        save(pictures, HERE / "portraits" / kind)
    save(draw_portraits.damaged_portraits(portraits), HERE / "damaged-portraits")


if __name__ == "__main__":
    main()
