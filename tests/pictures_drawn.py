"""Small drawn pictures, and damage of many kinds."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def drawn(number: int, size: tuple[int, int] = (48, 56), colour: bool = False) -> Image.Image:
    """Draw a picture of shapes on a gradient, another one for each number."""
    rng = np.random.default_rng(number)
    width, height = size
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    ground = 90 + 60 * (across * rng.uniform(-1, 1) + down * rng.uniform(-1, 1))
    picture = Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8)).convert(
        "RGB" if colour else "L"
    )
    pen = ImageDraw.Draw(picture)
    for _ in range(9):
        x, y = rng.integers(0, width), rng.integers(0, height)
        wide, high = rng.integers(4, width // 2), rng.integers(4, height // 2)
        level = tuple(int(v) for v in rng.integers(0, 256, 3)) if colour else int(rng.integers(256))
        shape = pen.ellipse if rng.random() < 0.5 else pen.rectangle
        shape(
            [int(x - wide // 2), int(y - high // 2), int(x + wide // 2), int(y + high // 2)], level
        )
    return picture.filter(ImageFilter.GaussianBlur(0.7))


def levels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, float)


def picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8))
