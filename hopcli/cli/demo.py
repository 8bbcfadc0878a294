"""`hop demo`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hopcli.cli import options, report
from hopcli.cli.signatures import Option

if TYPE_CHECKING:
    from hopcli.model.page.memory import PageMemory


def demo(
    memory: Annotated[
        Path | None,
        Option(
            "--memory", "-m", metavar="PATH",
            help="The memory; without one $HOP_MEMORY or memory.npz if it exists, else the sample "
            "patterns.",
        ),
    ] = None,
    port: Annotated[
        int,
        Option("--port", min=0, max=65535, metavar="N", help="0 finds a free one."),
    ] = 0,
    no_browser: Annotated[
        bool, Option("--no-browser", help="Do not open the page in the browser.")
    ] = False,
    export: Annotated[
        Path | None,
        Option(
            "--export", metavar="PATH",
            help="Write the page as one file that needs no server, for memories of up to 16 MiB of "
            "pixels, instead of serving it.",
        ),
    ] = None,
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    max_memory: options.MaxMemoryOption = "half",
) -> None:  # fmt: skip
    """Watch a memory being recalled, in the browser.

    Serves a page on 127.0.0.1, whose address is the first line of the output: paint on a picture or
    erase some of it, and see the network fall into a memory. Ctrl-C ends it.

    Example: hop demo -m letters.npz --no-browser
    """
    shown = _shown(memory, max_memory, max_pixels)
    if export is not None:
        from hopcli.render.text import printable
        from hopcli.web.export import export as write

        with report.compiling():
            size = write(shown, export)
        report.say(printable(f"Wrote {export}, {size:,} bytes; open it in a browser."))
        return
    from hopcli.web import server

    with report.compiling():
        serving = server.Server(shown, port)
    if not no_browser:
        _open(serving.address)
    server.serve(serving)


def _shown(given: Path | None, max_memory: str, max_pixels: int) -> "PageMemory":
    """Open the memory that was given or is there, else the sample patterns."""
    from hopcli.model.memory import load
    from hopcli.model.page.memory import PageMemory
    from hopcli.web import samples

    if given is None:
        usual = Path(os.environ.get("HOP_MEMORY") or options.DEFAULT_MEMORY)
        if not usual.exists():
            return PageMemory.of(samples.memory(), samples.NAME, max_pixels)
        given = usual
    return PageMemory.of(load(given, max_memory=max_memory), given.name, max_pixels)


def _open(address: str) -> None:
    """Open the address in the browser of a desktop; browsers that would take the terminal, never.

    A thread does it, since some ways of asking for a browser wait until it is there.
    """
    import sys
    import threading
    import webbrowser

    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        return
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
