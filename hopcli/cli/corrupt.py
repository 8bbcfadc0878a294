"""`hop corrupt`."""

from pathlib import Path
from typing import Annotated

import typer

from hopcli.cli import options, report


def corrupt(
    picture: Annotated[Path, typer.Argument(metavar="PICTURE", help="A picture, or -.")],
    out: Annotated[
        Path, typer.Option("--output", "-o", metavar="PATH", help="Where to write it, or -.")
    ],
    noise: options.NoiseOption = 0.0,
    occlude: options.OccludeOption = None,
    mode: options.ModeOption = "auto",
    threshold: options.ThresholdOption = "otsu",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Damage a picture, to make a cue to try. Hidden pixels become transparent.

    [bold]Example:[/bold] hop corrupt sample_patterns/whole/letters/A.png -o noisy.png --noise 0.2
    """
    import numpy as np

    from hopcli.binary import corruption
    from hopcli.errors import HopError, PictureError
    from hopcli.storage import pictures
    from hopcli.storage.cues import binary_state

    clock = report.Clock()
    mode = options.binary_mode(mode)
    level = options.threshold(threshold)
    options.probability("--noise", noise)
    if json and str(out) == "-":
        raise HopError("--json and -o - both write to standard output; give one of them")
    if str(picture) != "-" and out.resolve() == picture.resolve():
        raise HopError(f"{out} is the picture itself, which would be lost; name another with -o")
    with clock.measure("load"):
        read = pictures.read(picture)
    if mode == "auto" and read.levels > 2:
        raise PictureError(
            f"{picture} has more than two levels, and damaging grey or coloured pictures is not "
            f"there yet; give --mode binary to part it into black and white"
        )
    with clock.measure("work"):
        whole = binary_state(read, level)
        (rng,) = np.random.default_rng([seed, 0]).spawn(1)
        state = corruption.flip(whole, noise, rng) if noise else whole.copy()
        flipped = int(np.count_nonzero(state != whole))
        if occlude is not None:
            state[corruption.occluded(occlude, state.shape[0], state.shape[1], rng)] = 0
    pictures.write(state, out)
    hidden = int(np.count_nonzero(state == 0))
    if json:
        report.write_json(
            {
                "picture": str(picture),
                "output": str(out),
                "shape": list(state.shape),
                "flipped": flipped,
                "hidden": hidden,
                "seconds": clock.seconds(),
            }
        )
    elif str(out) != "-":
        report.output().print(
            f"Of {state.size:,} pixels {flipped:,} are flipped and {hidden:,} hidden in {out}.",
            markup=False,
        )
