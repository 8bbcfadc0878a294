"""Damaged pictures, to be tried as cues."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli import members
from hopcli.errors import ParameterError
from hopcli.formats import pictures
from hopcli.formats.cues import to_state
from hopcli.formats.limits import MOST_PIXELS
from hopcli.model import options
from hopcli.model.damage import damaged
from hopcli.model.patterns import MODES
from hopcli.model.pictured import picture_of, png_of
from hopcli.parameters import SEED

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, repr=False, eq=False)
class Corrupted:
    """A picture that was damaged.

    Attributes:
        state: shape (N,): ±1 of int8, 0 where hidden, or levels of float64, NaN where hidden.
        shape: (h, w) or (h, w, 3).
        mode: binary, gray or rgb.
        changed: how many known pixels are flipped or noisy.
        hidden: how many pixels are hidden.
    """

    state: NDArray[Any]
    shape: tuple[int, ...]
    mode: str
    changed: int
    hidden: int

    @property
    def picture(self) -> "Image":
        """The picture as a Pillow picture, hidden pixels transparent."""
        return picture_of(self.state, self.mode, self.shape)

    def answer(self) -> dict[str, Any]:
        """Return what `hop corrupt --json` writes of the picture."""
        return {
            "shape": list(self.shape),
            "mode": self.mode,
            "changed": self.changed,
            "hidden": self.hidden,
        }

    def __repr__(self) -> str:
        return f"Corrupted({self.changed} pixels changed, {self.hidden} hidden)"

    def _repr_png_(self) -> bytes:
        return png_of(self.picture)


def corrupt(
    picture: Path, *, noise: Any = None, occlude: Any = None, mode: str = "auto",
    threshold: Any = None, seed: int = 0, max_pixels: int = MOST_PIXELS,
) -> Corrupted:  # fmt: skip
    """Damage a picture.

    Args:
        picture: its path, or "-" for standard input.
        noise: the probability of a flip, or the deviation of Gaussian noise.
        occlude: left, right, top, bottom or a fraction of the pixels to hide.
        mode: auto, binary, gray or rgb.
        threshold: that separates dark from bright in a binary picture.
        seed: of the random numbers.
        max_pixels: the most that the picture may have.

    Raises:
        PictureError: it cannot be read.
        ParameterError: a value is none of those that a parameter takes, or has no effect.
    """
    mode = members.choose("mode", mode, MODES)
    level, share = options.threshold(threshold), options.NOISE.checked(noise or 0)
    seed = SEED.checked(seed)
    read = pictures.read(picture, most=max_pixels)
    mode = read.least_mode if mode == "auto" else mode
    if threshold is not None and mode != "binary":
        need = f"it has no effect on a picture that is {mode}"
        raise ParameterError("threshold", threshold, need, "leave it out, or give `mode=binary`")
    whole = to_state(read, mode, level)
    hide = None if occlude is None else str(occlude)
    (state,) = damaged([whole.ravel()], whole.shape, noise=share, occlude=hide, seed=seed)
    hidden = (state == 0) if mode == "binary" else np.isnan(state)
    changed = int(np.count_nonzero((state != whole.ravel()) & ~hidden))
    values = state.size // (whole.shape[0] * whole.shape[1])
    return Corrupted(
        state, whole.shape, mode, changed // values, int(np.count_nonzero(hidden)) // values
    )
