"""Draw the portraits among the sample pictures; ``draw.py`` calls this.

* ``portraits/people``, ``portraits/robots``, ``portraits/animals``: little heads in soft colours;
* ``damaged-portraits``: three of them spoilt, to be used as cues for recall.

All portraits are 48 pixels wide and high. Every form in them is lit from the upper left and casts
a soft shadow, so that they have as many levels as a photograph has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageColor
from shapes import Mask, Numbers, Point, Points, arc, averaged, box, covered, disc, spikes

SIZE = 48
MIDDLE = SIZE / 2
INK = "#2a1f2d"


@dataclass(frozen=True)
class Part:
    """One thing to paint: a filled outline, or a path followed by a round pen.

    Attributes:
        points: Corners of the outline or path, in pixels, x to the right and y down.
        colour: As in HTML.
        pen: Diameter of the pen; 0 means that the outline is filled instead.
        depth: How strongly it is shaded, 0 for flat paint; what is shaded casts a shadow, too.
        glow: Whether it fades from its middle to nothing at its edge.
    """

    points: Points
    colour: str
    pen: float = 0
    depth: float = 0
    glow: bool = False


@dataclass(frozen=True)
class Portrait:
    """A head before a background that runs from one colour at its top to another below."""

    sky: str
    ground: str
    parts: Sequence[Part]


# --- The words in which the portraits are described ------------------------------------------


def form(colour: str, points: Points, depth: float = 0.35) -> Part:
    """Return a shaded outline."""
    return Part(points, colour, depth=depth)


def tube(colour: str, pen: float, *points: Point) -> Part:
    """Return a shaded stroke."""
    return Part(points, colour, pen, depth=0.3)


def flat(colour: str, points: Points) -> Part:
    """Return an outline in one colour."""
    return Part(points, colour)


def line(colour: str, pen: float, *points: Point) -> Part:
    """Return a stroke in one colour."""
    return Part(points, colour, pen)


def glow(colour: str, x: float, y: float, radius: float) -> Part:
    """Return a spot of light, or a blush."""
    return Part(disc(x, y, radius), colour, glow=True)


def both(*parts: Part) -> list[Part]:
    """Return the parts, each followed by its mirror image in the upright middle line."""
    return [
        twin
        for part in parts
        for twin in (part, replace(part, points=[(SIZE - x, y) for x, y in part.points]))
    ]


def eyes(iris: str, y: float, apart: float = 5.5, size: float = 2.7) -> list[Part]:
    """Return two eyes; their highlights are on the left in both."""
    return [
        *both(
            Part(disc(MIDDLE - apart, y, size), "#fbf7ee", depth=0.12),
            flat(iris, disc(MIDDLE - apart + 0.3, y + 0.2, 0.68 * size)),
            flat(INK, disc(MIDDLE - apart + 0.3, y + 0.2, 0.4 * size)),
        ),
        *[flat("#ffffff", disc(MIDDLE + x - 0.6, y - 0.8, 0.26 * size)) for x in (-apart, apart)],
    ]


def smile(colour: str, y: float, wide: float = 5, deep: float = 3.4) -> Part:
    """Return a closed, smiling mouth."""
    return line(colour, 1.3, *arc(MIDDLE, y, wide, deep, 20, 160))


def grin(y: float, wide: float = 5.5, deep: float = 4.6) -> list[Part]:
    """Return an open, laughing mouth."""
    lips = arc(MIDDLE, y, wide, deep, 0, 180)
    return [
        flat("#7a2030", lips),
        flat("#e8707a", arc(MIDDLE, y + deep, 0.55 * wide, 0.5 * deep, 180, 360)),
        flat("#fffaf2", box(MIDDLE - 0.8 * wide, y, MIDDLE + 0.8 * wide, y + 0.3 * deep)),
    ]


def shoulders(clothes: str, skin: str) -> list[Part]:
    """Return what is seen of a person below the head."""
    return [form(clothes, disc(MIDDLE, 52, 19, 13)), form(skin, disc(MIDDLE, 39.5, 5, 5))]


# --- People ----------------------------------------------------------------------------------

PEOPLE = {
    "amara": Portrait("#7fd6cf", "#1f8a8c", [
        *[form("#3a2320", disc(x, y, 8)) for x, y in (
            (10, 27), (38, 27), (9, 17), (39, 17), (15, 10), (33, 10), (24, 8.6), (24, 15))],
        *shoulders("#f2694b", "#7d4a31"),
        form("#8d5638", disc(24, 25, 11.5, 13)),
        *both(form("#3a2320", disc(15, 14, 4.5)), form("#3a2320", disc(21, 11.5, 4.5))),
        *both(line("#f7c948", 1.2, *disc(12, 33, 2.3)), glow("#d9654f", 17, 29.5, 3.5)),
        *eyes("#4a2c17", 24, 5),
        form("#7d4a31", disc(24, 28, 2, 1.5)),
        *grin(31.2, 5, 4),
    ]),
    "bruno": Portrait("#dbeaf5", "#8fb2d1", [
        *shoulders("#3d5a45", "#e5a98a"),
        *both(form("#eeb598", disc(12, 25, 3, 4))),
        form("#f3c1a5", disc(24, 24, 12.5, 13)),
        form("#b9522b", [*arc(24, 28, 13, 14.5, 0, 180), (15, 26), (19, 29), (29, 29), (33, 26)]),
        *both(tube("#cf6636", 3.4, (23.6, 31), (19, 32.6), (16.5, 31.2))),
        line("#7a2030", 1.3, (22, 35.2), (26, 35.2)),
        *eyes("#3f7fae", 23, 5, 2.5),
        *both(tube("#b9522b", 1.7, (15.5, 19), (21, 18.6)), glow("#ee7d66", 15.5, 27, 3.2)),
        form("#eca586", disc(24, 27, 2.6, 2)),
        form("#c92f3b", [*arc(24, 15.5, 14, 13, 180, 360)]),
        tube("#f4eee4", 5, (11, 15.5), (37, 15.5)),
        form("#f4eee4", disc(24, 4.6, 3.4)),
    ]),
    "chen": Portrait("#d9c8f0", "#8d74c4", [
        form("#221f2e", [*arc(24, 22, 16, 17, 180, 360), (41, 39), (7, 39)]),
        *shoulders("#74c9a0", "#e0ae80"),
        form("#f0c597", disc(24, 25.5, 11.5, 12.5)),
        form("#2b2738", [*arc(24, 20, 13.5, 13, 180, 360), (36, 19.5), (12, 19.5)]),
        *both(glow("#f08a78", 16, 31, 3.2)),
        *eyes("#33221c", 25.5, 5.6, 2.3),
        *both(
            line("#d8342f", 1.3, *disc(18.4, 25.5, 4.6)),
            line("#d8342f", 1.2, (14, 24.5), (11.6, 23.5)),
        ),
        line("#d8342f", 1.3, *arc(24, 25.8, 1.2, 1, 180, 360)),
        form("#e5b183", disc(24, 29.4, 1.4, 1.1)),
        flat("#a8434a", disc(24, 33.8, 1.7, 1.9)),
    ]),
    "dalia": Portrait("#fff0b8", "#f0b53c", [
        form("#7b2f6e", disc(24, 52, 20, 16)),
        form("#8f3a80", disc(24, 23, 17, 19.5)),
        form("#c98f62", disc(24, 25, 11, 12.5)),
        form("#a5498f", [*arc(24, 22, 14.5, 16, 195, 345), *arc(24, 25, 12, 13.5, 330, 210)]),
        tube("#a5498f", 4.5, (13, 32), (19, 39), (30, 41), (36, 38)),
        *eyes("#2f6b45", 24, 5, 2.6),
        *both(
            line("#3a2320", 1.2, *arc(19, 22.5, 3.6, 3.4, 215, 325)),
            glow("#d9654f", 16.5, 29, 3.2),
        ),
        form("#b97d53", disc(24, 28.2, 1.7, 1.4)),
        line("#a02c44", 1.7, *arc(24, 30.5, 3.8, 2.8, 20, 160)),
    ]),
    "edith": Portrait("#fbd5dc", "#d98a9c", [
        form("#d6d9e2", disc(24, 7, 6.2, 5.6)),
        form("#c9cdd8", disc(24, 20, 15.5, 15)),
        *shoulders("#4569b0", "#eab99f"),
        *both(flat("#f5f1e8", [(24, 44), (17, 39), (15, 45), (20, 48)])),
        form("#f6d0b8", disc(24, 26, 12, 12.5)),
        *both(form("#e3e5ec", [*arc(21, 17, 11, 8, 170, 300), (24, 13), (16, 20)])),
        *eyes("#5b7f9c", 25.5, 5.5, 2.1),
        *both(
            line("#5d4037", 1.1, *box(14, 22.2, 22, 28.6), (14, 22.2)),
            line("#d2a086", 0.8, *arc(15, 30, 3.5, 3, 10, 70)),
            glow("#f08c94", 15.6, 31, 3.4),
            flat("#f4efe0", disc(12, 33, 1.3)),
        ),
        line("#5d4037", 1.1, (22, 24.4), (26, 24.4)),
        form("#ecbca2", disc(24, 29.4, 2, 1.5)),
        smile("#b04a58", 31.6, 4.6, 3),
    ]),
    "finn": Portrait("#a9ddff", "#5fae5a", [
        *shoulders("#f7d94c", "#eab48d"),
        *both(form("#f2bd97", disc(11.5, 27, 3.2, 3.8))),
        form("#f8cba6", disc(24, 26, 12.5, 12.5)),
        *both(form("#eec25a", [(11.5, 25), (10.5, 15), (24, 11), (24, 15.5), (14, 19)])),
        form("#2f8f5b", [*arc(23, 14.5, 13.5, 11.5, 180, 360)]),
        form("#246f48", [(21, 11), (36, 11.5), (45, 16), (42, 17.6), (21, 16.5)]),
        form("#f7d94c", disc(23, 3.6, 1.8)),
        *eyes("#3f7fae", 24.6, 5.2, 2.6),
        *both(
            flat("#d98d5f", disc(15.5, 29, 0.55)),
            flat("#d98d5f", disc(17.5, 30.2, 0.55)),
            flat("#d98d5f", disc(18.6, 28.4, 0.55)),
        ),
        form("#eda882", disc(24, 28, 1.8, 1.5)),
        *grin(31, 5.2, 4.2),
        line("#7a2030", 0.8, (24, 31), (24, 32.4)),
    ]),
}  # fmt: skip

# --- Robots ----------------------------------------------------------------------------------

ROBOTS = {
    "bolt": Portrait("#ffcf8f", "#ee7b30", [
        form("#5d7183", box(14, 41, 34, 50)),
        form("#76899a", box(20, 37, 28, 42)),
        tube("#76899a", 1.8, (24, 10), (24, 4)),
        glow("#ff5a4d", 24, 4, 5.5),
        form("#e3342f", disc(24, 4, 2.5)),
        *both(form("#5d7183", box(4.5, 20, 9, 30))),
        form("#a9bccb", [
            (10, 9.5), (38, 9.5), (40, 11.5), (40, 36), (38, 38), (10, 38), (8, 36), (8, 11.5)]),
        *both(
            form("#3c4a58", disc(17, 20, 5.2)),
            Part(disc(17, 20, 3.9), "#ffd23e", depth=0.25),
            glow("#fff6c9", 16.3, 19.3, 3.4),
            flat("#5d7183", disc(10.6, 12.2, 0.9)),
            flat("#5d7183", disc(10.6, 35.4, 0.9)),
        ),
        form("#3c4a58", box(13, 28.6, 35, 34.4)),
        *[flat("#dfe8ee", box(x, 29.8, x + 2.3, 33.2)) for x in (14.4, 17.8, 21.2, 24.6, 28, 31.4)],
    ]),
    "cog": Portrait("#52307c", "#1e1238", [
        form("#8f4f24", disc(24, 53, 15, 13)),
        *both(form("#d9a13b", spikes(7.5, 25, 7, 5, 10))),
        form("#c7773a", disc(24, 24, 17, 17)),
        *[flat("#7c431d", disc(x, y, 0.9)) for x, y in ((24, 9), (13, 13.4), (35, 13.4))],
        form("#7c431d", disc(24, 21, 9)),
        Part(disc(24, 21, 7.4), "#0f2f3a", depth=0.3),
        glow("#45f0ff", 24, 21, 7.6),
        flat("#d6ffff", disc(24, 21, 2.2)),
        flat("#ffffff", disc(21.4, 18, 1.2)),
        line("#6b3815", 1.6, (16, 34.4), (20, 33), (24, 35), (28, 33), (32, 34.4)),
    ]),
    "halo": Portrait("#1b2a57", "#0b1026", [
        *[glow("#cfe0ff", x, y, r) for x, y, r in (
            (5, 7, 1.6), (42, 5, 2), (38, 17, 1.3), (4, 27, 1.5), (44, 33, 1.5), (9, 40, 1.2))],
        glow("#4a7dff", 24, 24, 26),
        form("#dfe6f2", disc(24, 54, 14, 12)),
        form("#f4f7fc", disc(24, 24, 15, 17.5)),
        Part(disc(24, 24.5, 12, 8.6), "#141a2e", depth=0.3),
        *both(
            glow("#38b6ff", 18.8, 24.5, 5),
            line("#8fe3ff", 1.9, *arc(18.8, 26.2, 2.7, 3.4, 200, 340)),
        ),
        line("#8a97b5", 1.1, *arc(24, 34, 3.6, 2.2, 20, 160)),
        line("#ffe27a", 1.8, *disc(24, 4.6, 9.5, 2.6)),
    ]),
    "pixel": Portrait("#ff9fc8", "#d2437f", [
        form("#3e3a52", box(19, 40, 29, 45)),
        form("#4d4866", disc(24, 49, 15, 6)),
        *both(tube("#4d4866", 1.4, (21, 9), (12, 2))),
        form("#ece3cf", box(5, 8, 43, 41)),
        Part(box(8, 11, 35, 38), "#12261f", depth=0.5),
        glow("#1f7a4b", 21.5, 24.5, 16),
        *[
            flat("#7dff9b", box(9.5 + 3 * x, 13.5 + 3 * y, 12.2 + 3 * x, 16.2 + 3 * y))
            for y, row in enumerate(("........", ".##..##.", ".##..##.", "........",
                                     "#......#", "##....##", ".######."))
            for x, dot in enumerate(row) if dot == "#"
        ],
        form("#e0574f", disc(39, 15, 2)),
        form("#f2b035", disc(39, 21, 2)),
        *[line("#a89d85", 1, (37, y), (41, y)) for y in (28, 31, 34, 37)],
    ]),
    "tin": Portrait("#cfe8b0", "#6aa84f", [
        form("#8b939c", box(15, 42, 33, 50)),
        form("#c2c9d0", [*arc(24, 17, 12.5, 3, 180, 360), *arc(24, 39, 12.5, 4, 0, 180)]),
        form("#98a1ab", [(12, 17), (36, 17), (27, 9), (26.5, 1), (21.5, 1), (21, 9)]),
        *both(
            form("#98a1ab", disc(9.8, 27, 2.6, 3.6)),
            form("#e9475f", [
                *arc(16.6, 23.4, 2, 2, 180, 360), *arc(20.4, 23.4, 2, 2, 180, 360), (18.5, 28.8)]),
            flat("#6d757e", disc(14, 20, 0.8)),
            flat("#6d757e", disc(14, 38.4, 0.8)),
        ),
        form("#aab2bb", [(24, 26.5), (26.4, 31.4), (21.6, 31.4)]),
        line("#59616a", 1.8, *arc(24, 32.4, 6, 4, 20, 160)),
    ]),
}  # fmt: skip

# --- Animals ---------------------------------------------------------------------------------

ANIMALS = {
    "fox": Portrait("#b9e4c9", "#3f8f6b", [
        form("#c85a1c", disc(24, 52, 14, 12)),
        *both(
            form("#d9641f", [(7, 2), (22, 13), (8, 25)]),
            flat("#3d2420", [(9.4, 6.6), (17.5, 13), (10.4, 19)]),
        ),
        form("#ec7b2c", [
            *arc(24, 22, 17, 13, 180, 360), (44, 30), (33, 37), (24, 43), (15, 37), (4, 30)]),
        *both(form("#fff4e6", [(24, 43), (15, 37), (4, 30), (14, 26.5), (21, 29), (24, 36)], 0.15)),
        *eyes("#8a5a14", 24, 7, 2.6),
        *both(line("#6f3212", 1.2, (13.5, 21), (16, 20), (19, 21))),
        form("#2a1f2d", disc(24, 38, 3, 2.4)),
        flat("#8d8393", disc(23, 37.2, 0.8)),
    ]),
    "frog": Portrait("#f3c6f0", "#a55fc0", [
        form("#5aa836", disc(24, 53, 19, 14)),
        form("#d3efa6", disc(24, 53, 12, 12), 0.2),
        *both(form("#6cc13f", disc(12.5, 13, 8))),
        form("#77cc46", disc(24, 28, 20, 15)),
        *both(
            Part(disc(12.5, 12.5, 5.4), "#fffbe0", depth=0.15),
            flat("#f0a51e", disc(13, 13, 3.8)),
            flat(INK, disc(13, 13, 2.9, 2)),
            glow("#f58fa0", 9, 29.5, 4),
            flat("#3f7d22", disc(22, 24.6, 0.7)),
        ),
        *[flat("#ffffff", disc(x, 10.8, 1.1)) for x in (11.4, 33.4)],
        line("#35701c", 1.6, *arc(24, 24, 14, 9.5, 15, 165)),
    ]),
    "lion": Portrait("#8fd0ff", "#e9d8a0", [
        *[form("#b4621f", disc(24 + 15 * x, 24 + 15 * y, 6.5)) for x, y in disc(0, 0, 1)[::9]],
        *both(form("#d88a34", disc(11.5, 12, 4.6)), flat("#8a4a20", disc(11.8, 12.4, 2.5))),
        form("#f0b04a", disc(24, 25, 14, 14)),
        *both(form("#ffe9c2", disc(20.4, 32.4, 4.8, 4.2), 0.15)),
        *eyes("#5f8a2c", 22.5, 6, 2.6),
        form("#8a4433", [(20.6, 26.8), (27.4, 26.8), (24, 30.6)]),
        line("#6b3324", 1.1, (24, 30), (24, 33)),
        *both(
            line("#6b3324", 1.1, *arc(21.4, 32.6, 2.6, 2.2, 10, 140)),
            *[flat("#b98a55", disc(x, y, 0.5)) for x, y in ((17.6, 31.6), (18.8, 33.6))],
        ),
    ]),
    "owl": Portrait("#14204a", "#41598f", [
        glow("#fff3c4", 42.5, 6.5, 9),
        form("#fff0b5", disc(42.5, 6.5, 4), 0.15),
        form("#7a5230", disc(24, 40, 17, 20)),
        *[line("#d9b98a", 1.4, *arc(x, y, 2.4, 2.4, 20, 160)) for x, y in (
            (18, 40), (24, 40), (30, 40), (15, 44.5), (21, 44.5), (27, 44.5), (33, 44.5))],
        *both(form("#6a4526", [(9, 5), (22, 12), (9, 20)])),
        form("#8f6238", disc(24, 23, 17.5, 14)),
        *both(
            form("#ead6b0", disc(16.6, 23, 8), 0.2),
            Part(disc(17, 23, 5.4), "#ffb52e", depth=0.25),
            flat(INK, disc(17.2, 23, 3.3)),
        ),
        *[flat("#ffffff", disc(x, 21.4, 1.3)) for x in (16, 29.6)],
        form("#f2912b", [(21, 26), (27, 26), (24, 34)]),
    ]),
    "panda": Portrait("#f4f0a8", "#8cba3f", [
        *[tube("#5f9a34", 3.4, (x, -2), (x, 50)) for x in (4.5, 43)],
        *[line("#3f7424", 1, (x - 2, y), (x + 2, y)) for x, y in (
            (4.5, 13), (4.5, 33), (43, 21), (43, 40))],
        form("#26242c", disc(24, 54, 17, 12)),
        *both(form("#2c2a33", disc(11, 10.5, 6))),
        form("#f8f6f2", disc(24, 25.5, 17.5, 15.5), 0.25),
        *both(
            form("#37343f", disc(16, 25.5, 4.4, 5.4)),
            glow("#ffb3bd", 12, 33.5, 3.4),
        ),
        *eyes("#4a2c17", 25, 7.4, 2),
        form("#2a2730", disc(24, 31.4, 2.7, 1.9)),
        *both(line("#2a2730", 1.1, *arc(21.8, 33.8, 2.2, 2, 10, 150))),
    ]),
}  # fmt: skip

# --- Painting --------------------------------------------------------------------------------

AT = np.arange(SIZE) + 0.5  # Where the middles of the pixels lie.

SHADOW = 0.35  # How dark a shadow is, how far to the right and down it lies, and how soft it is.
SHADOW_RIGHT, SHADOW_DOWN = 0.5, 1.1
SHADOW_BLUR = 1.1


def portraits() -> dict[str, dict[str, Image.Image]]:
    """Return the finished pictures by kind and name."""
    kinds = {"people": PEOPLE, "robots": ROBOTS, "animals": ANIMALS}
    return {
        kind: {name: paint(portrait) for name, portrait in described.items()}
        for kind, described in kinds.items()
    }


def paint(portrait: Portrait) -> Image.Image:
    """Paint a portrait's parts from back to front and return the finished picture."""
    slope = (0.25 * AT[None, :, None] + 0.75 * AT[:, None, None]) / SIZE
    picture = rgb(portrait.sky) * (1 - slope) + rgb(portrait.ground) * slope
    for part in portrait.parts:
        share = averaged(covered(part.points, part.pen, SIZE))
        u, v = within(part)
        if part.depth:
            shadow = blurring(SHADOW_DOWN) @ share @ blurring(SHADOW_RIGHT).T
            picture *= 1 - SHADOW * shadow[..., None]
        if part.glow:
            share *= (1 - u**2 - v**2).clip(0, 1)
        picture += share[..., None] * (shaded(part, u, v) - picture)
    return Image.fromarray(np.rint(255 * picture.clip(0, 1)).astype(np.uint8))


def rgb(colour: str) -> Numbers:
    """Return red, green and blue of a colour, from 0 to 1."""
    return np.array(ImageColor.getrgb(colour)) / 255


def within(part: Part) -> tuple[Numbers, Numbers]:
    """Return where pixels lie in the box around a part: −1 at its left or top, 1 opposite."""
    u, v = (
        (2 * AT - max(ends) - min(ends)) / (max(ends) - min(ends) + part.pen)
        for ends in zip(*part.points, strict=True)
    )
    return u[None, :], v[:, None]


def shaded(part: Part, u: Numbers, v: Numbers) -> Numbers:
    """Return a part's colour, lighter towards the upper left and darker towards its edge."""
    light = part.depth * (0.25 - 0.4 * u - 0.7 * v - 0.45 * (u**2 + v**2)).clip(-1, 1)
    colour, light = rgb(part.colour), light[..., None]
    return np.where(light > 0, colour + light * (1 - colour), colour * (1 + light))


def blurring(offset: float) -> Numbers:
    """Return the matrix that moves a row of pixels by an offset and blurs it."""
    weights = np.exp(-(((AT[:, None] - AT - offset) / SHADOW_BLUR) ** 2) / 2)
    return weights / weights.sum(axis=1, keepdims=True)


# --- Damage ----------------------------------------------------------------------------------


def noisy(picture: Image.Image, deviation: float, seed: int) -> Image.Image:
    """Return the picture with Gaussian noise on every level, clipped to what a file can hold."""
    levels = np.asarray(picture) / 255
    levels = levels + np.random.default_rng(seed).normal(0, deviation, levels.shape)
    return Image.fromarray(np.rint(255 * levels.clip(0, 1)).astype(np.uint8))


def partly_known(picture: Image.Image, known: Mask) -> Image.Image:
    """Return the picture with its other pixels transparent, that is, unknown, and white below."""
    levels = np.where(known[..., None], np.asarray(picture), np.uint8(255))
    return Image.fromarray(np.dstack([levels, np.where(known, np.uint8(255), np.uint8(0))]))


def damaged_portraits(whole: dict[str, dict[str, Image.Image]]) -> dict[str, Image.Image]:
    """Return the damaged cues by name."""
    left = np.broadcast_to(np.arange(SIZE) < SIZE // 2, (SIZE, SIZE))
    fifth = np.zeros((SIZE, SIZE), dtype=bool)
    picked = np.random.default_rng(2).choice(fifth.size, size=fifth.size // 5, replace=False)
    fifth.flat[picked] = True
    return {
        "owl-noisy": noisy(whole["animals"]["owl"], deviation=0.2, seed=1),
        "amara-half": partly_known(whole["people"]["amara"], left),
        "bolt-fifth": partly_known(whole["robots"]["bolt"], fifth),
    }
