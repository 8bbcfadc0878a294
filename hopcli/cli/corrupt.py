"""`hop corrupt`."""

from pathlib import Path
from typing import Annotated

from hopcli.cli import options, output_paths, report
from hopcli.cli.signatures import Argument, Option


def corrupt(
    picture: Annotated[Path, Argument(metavar="PICTURE", help="A picture, or -.")],
    output: Annotated[
        Path, Option("--output", "-o", metavar="PATH", help="Where to write it, or -.")
    ],
    noise: options.NoiseOption = None,
    occlude: options.OccludeOption = None,
    mode: options.ModeOption = "auto",
    threshold: options.CueThresholdOption = None,
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Damage a picture, to make a cue to try.

    Noise flips pixels of two levels, and adds a Gaussian deviation to others. Hidden pixels become
    transparent.

    Example: hop corrupt sample_patterns/whole/letters/A.png -o noisy.png --noise 0.2
    """
    from hopcli.cli import outputs
    from hopcli.model.corrupt import corrupt as damage
    from hopcli.storage.memory_file import to_levels

    clock = report.Clock()
    output_paths.check_streams(output, None, json=json)
    if output != output_paths.STANDARD_OUTPUT:
        output_paths.check_file(output, picture)
    with clock.measure("work"):
        made = damage(
            picture, noise=noise, occlude=occlude, mode=mode, threshold=threshold, seed=seed,
            max_pixels=max_pixels,
        )  # fmt: skip
    levels = to_levels(made.state, made.mode, made.shape)
    outputs.write_pictures([levels], [output], two_levels=made.mode == "binary")
    if json:
        report.write_json(
            {
                "picture": str(picture),
                "output": str(output),
                **made.answer(),
                "seconds": clock.seconds(),
            }
        )
    elif output != output_paths.STANDARD_OUTPUT:
        from hopcli.render.text import printable

        pixels = made.shape[0] * made.shape[1]
        how = "flipped" if made.mode == "binary" else "noisy"
        report.say(
            f"Of {pixels:,} pixels {made.changed:,} are {how} and {made.hidden:,} hidden in "
            f"{printable(str(output))}."
        )
