"""Diverging colours: blue below 0, white at 0, orange above."""

import numpy as np
from numpy.typing import NDArray

# Okabe and Ito's blue and orange, which colour-blind people can tell apart.
BELOW = np.array([0x00, 0x72, 0xB2]) / 255
ABOVE = np.array([0xD5, 0x5E, 0x00]) / 255


def diverging(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Map values, clipped to [−1, 1], to red, green and blue in [0, 1], shape (…, 3)."""
    share = np.clip(values, -1, 1).astype(np.float64)[..., None]
    end = np.where(share < 0, BELOW, ABOVE)
    return 1.0 + np.abs(share) * (end - 1.0)
