"""`hop corrupt`."""

from pathlib import Path
from typing import Annotated

from hopcli.cli import options, report
from hopcli.cli.signatures import Argument, Option


def corrupt(
    picture: Annotated[Path, Argument(metavar="PICTURE", help="A picture, or -.")],
    out: Annotated[Path, Option("--output", "-o", metavar="PATH", help="Where to write it, or -.")],
    noise: options.NoiseOption = 0.0,
    occlude: options.OccludeOption = None,
    mode: options.ModeOption = "auto",
    threshold: options.ThresholdOption = "otsu",
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Damage a picture, to make a cue to try.

    Noise flips pixels of two levels, and adds a Gaussian deviation to others. Hidden pixels become
    transparent.

    Example: hop corrupt sample_patterns/whole/letters/A.png -o noisy.png --noise 0.2
    """
    import numpy as np

    from hopcli.cli.damage import damaged
    from hopcli.errors import HopError
    from hopcli.formats import pictures
    from hopcli.formats.cues import to_state
    from hopcli.storage.memory_file import to_levels

    clock = report.Clock()
    mode = options.choice("--mode", mode, options.MODES)
    level = options.threshold(threshold)
    options.probability("--noise", noise)
    options.check_output(out, json)
    if str(picture) != "-" and out.resolve() == picture.resolve():
        raise HopError(f"{out} is the picture itself, which would be lost; name another with -o")
    with clock.measure("load"):
        read = pictures.read(picture, most=max_pixels)
    mode = read.least_mode if mode == "auto" else mode
    with clock.measure("work"):
        whole = to_state(read, mode, level)
        (state,) = damaged([whole.ravel()], whole.shape, noise=noise, occlude=occlude, seed=seed)
        hidden = (state == 0) if mode == "binary" else np.isnan(state)
        changed = int(np.count_nonzero((state != whole.ravel()) & ~hidden))
    pixels = whole.shape[0] * whole.shape[1]
    per_pixel = state.size // pixels
    unknown = int(np.count_nonzero(hidden)) // per_pixel
    pictures.write(to_levels(state, mode, whole.shape), out, two_levels=mode == "binary")
    if json:
        report.write_json(
            {
                "picture": str(picture),
                "output": str(out),
                "shape": list(whole.shape),
                "mode": mode,
                "changed": changed // per_pixel,
                "hidden": unknown,
                "seconds": clock.seconds(),
            }
        )
    elif str(out) != "-":
        from hopcli.render.text import printable

        how = "flipped" if mode == "binary" else "noisy"
        report.say(
            f"Of {pixels:,} pixels {changed // per_pixel:,} are {how} and {unknown:,} hidden in "
            f"{printable(str(out))}."
        )
