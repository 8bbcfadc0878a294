"""The live page as one file, which needs no server and no network.

The page's style and modules and the memory are written into its HTML. Patterns are embedded as they
are in the memory file, in base64, and the page computes for itself, in a worker made of a script
that it has as text (page/worker-engine.js).

Names are inside a JSON text in which every `<` is escaped, so none of them can end it or begin
anything. A content security policy in the page allows the one script and the one style of which it
holds the hashes, workers made by these, and no connection to anywhere. The same memory makes the
same bytes.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError
from hopcli.storage import memories, shards
from hopcli.storage.atomic import replacing
from hopcli.web import description
from hopcli.web.bundle import bundled, page_folder
from hopcli.web.exhibit import Exhibit

# Bytes that the patterns may have, at one a neuron, which is what they take in the page: beyond,
# it would no longer run smoothly.
MOST_MIB = 16
POLICY = (
    "default-src 'none'; script-src {script}; worker-src blob:; style-src {style}; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)
# What is replaced in index.html: each stands there once.
CHARSET = '<meta charset="utf-8" />'
ICON = 'href="icon.svg"'
STYLE = '<link rel="stylesheet" href="style.css" />'
SCRIPT = '<script type="module" src="main.js"></script>'
END = "</body>"


def export(exhibit: Exhibit, path: Path) -> int:
    """Write the page with a memory, whole or not at all, and return its size in bytes.

    Raises:
        HopError: the memory is too large, or the path is no place for a page.
    """
    _check(exhibit, path)
    content = page(exhibit).encode()
    with replacing(path) as stream:
        stream.write(content)
    return len(content)


def page(exhibit: Exhibit) -> str:
    """The HTML of the page with a memory.

    Raises:
        ValueError: the page's files are not what this page of code expects.
    """
    script = _inside("script", bundled("local-main.js"))
    networks = _inside("script", bundled("local-worker.js"))
    style = _inside("style", _read("style.css"))
    policy = POLICY.format(script=_digest(script), style=_digest(style))
    memory = json.dumps(embedded(exhibit), separators=(",", ":"), allow_nan=False)
    memory = memory.replace("<", "\\u003c")
    icon = base64.b64encode(_read("icon.svg").encode()).decode()
    html = _read("index.html")
    for place, text in (
        (CHARSET, f'{CHARSET}\n<meta http-equiv="Content-Security-Policy" content="{policy}" />'),
        (ICON, f'href="data:image/svg+xml;base64,{icon}"'),
        (STYLE, f"<style>{style}</style>"),
        (SCRIPT, f'<script type="module">{script}</script>'),
        (
            END,
            f'<script type="text/plain" id="networks">{networks}</script>\n'
            f'<script type="application/json" id="memory">{memory}</script>\n{END}',
        ),
    ):
        if html.count(place) != 1:
            raise ValueError(f"{place} stands {html.count(place)} times in index.html, not once")
        html = html.replace(place, text)
    return html


def embedded(exhibit: Exhibit) -> dict[str, Any]:
    """What page/exhibit.js takes: all of a memory, its arrays in base64."""
    about, (thumbnails, points) = description.describe(exhibit)
    # All of them, since the page does not work them out; and it goes by the patterns alone, not by
    # weights that were learned.
    about = about | {"betas": exhibit.betas, "rule": None}
    memory, size = exhibit.memory, about["thumbnails"]
    shrunk = (size["height"], size["width"]) != memory.shape[:2]
    patterns = memory.patterns
    return {
        "about": about,
        "names": [memory.name(index) for index in range(len(memory))],
        "labels": exhibit.labels.tolist(),
        "patterns": _base64(patterns.astype("<u8") if exhibit.is_binary else patterns),
        "centre": _base64(exhibit.plane.centre.astype("<f4")),
        "axes": _base64(exhibit.plane.axes.astype("<f4")),
        "points": base64.b64encode(points).decode(),
        "thumbnails": base64.b64encode(thumbnails).decode() if shrunk else None,
    }


def _check(exhibit: Exhibit, path: Path) -> None:
    if str(path) == "-":
        raise HopError(
            "--export - was given, but a page is written to a file; name one, such as page.html"
        )
    size = len(exhibit.memory) * exhibit.memory.neurons
    if size > MOST_MIB * 2**20:
        raise HopError(
            f"--export {path} was given, but {exhibit.name} has {size / 2**20:.1f} MiB of pixels, "
            f"and a page of one file takes {MOST_MIB} MiB; give a smaller memory, or serve "
            f"it without --export"
        )
    index = path.name == shards.INDEX and shards.has_index(path.parent)
    if index or (path.exists() and memories.looks_like_one(path)):
        raise HopError(
            f"--export {path} was given, but that is a memory, or a part of one, and is not "
            f"overwritten; name another file"
        )


def _read(name: str) -> str:
    """A file of the page, with lines that end as a browser takes them to end."""
    return (page_folder() / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _inside(element: str, text: str) -> str:
    """Text for the inside of an element.

    Raises:
        ValueError: it would end the element, or a comment would begin in it.
    """
    if f"</{element}" in text.lower() or "<!--" in text:
        raise ValueError(f"a {element} of the page contains </{element} or <!--")
    return f"\n{text}"


def _digest(text: str) -> str:
    """What a content security policy calls this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _base64(values: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
