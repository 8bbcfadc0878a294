"""The page as one HTML text: style, scripts and, in an exported page, the memory.

The served page and the exported page are the same text but for the memory, which the served page
fetches, and for what the content security policy lets it fetch. The policy allows the one script
and the one style of which it holds the hashes, and workers that these make. The memory is embedded
in base64, so that no name in it can end the element that it is in.
"""

import base64
import hashlib

from hopcli.web.bundle import bundled, page_folder

POLICY = (
    "default-src 'none'; script-src {script}; worker-src blob:; style-src {style}; "
    "img-src data:; connect-src {connect}; base-uri 'none'; form-action 'none'"
)
# What is replaced in index.html; each occurs there once.
CHARSET = '<meta charset="utf-8" />'
ICON = 'href="icon.svg"'
STYLE = '<link rel="stylesheet" href="style.css" />'
SCRIPT = '<script type="module" src="main.js"></script>'
END = "</body>"


def html(memory: bytes | None) -> str:
    """Put the page together.

    Args:
        memory: a message of page_data.py to be embedded; None for a page that fetches it.

    Raises:
        ValueError: index.html or a script has not the expected form.
    """
    script = _inside("script", bundled("main.js"))
    worker = _inside("script", bundled("worker.js"))
    style = _inside("style", _read("style.css"))
    policy = POLICY.format(
        script=_digest(script),
        style=_digest(style),
        connect="'self'" if memory is None else "'none'",
    )
    icon = base64.b64encode(_read("icon.svg").encode()).decode()
    embedded = "" if memory is None else base64.b64encode(memory).decode()
    text = _read("index.html")
    for old, new in (
        (CHARSET, f'{CHARSET}\n<meta http-equiv="Content-Security-Policy" content="{policy}" />'),
        (ICON, f'href="data:image/svg+xml;base64,{icon}"'),
        (STYLE, f"<style>{style}</style>"),
        (SCRIPT, f'<script type="module">{script}</script>'),
        (
            END,
            f'<script type="text/plain" id="worker">{worker}</script>\n'
            f'<script type="text/plain" id="memory">{embedded}</script>\n{END}',
        ),
    ):
        if text.count(old) != 1:
            raise ValueError(f"index.html has {old} {text.count(old)} times, not once")
        text = text.replace(old, new)
    return text


def _read(name: str) -> str:
    """Read a file of the page, with lines that end as a browser takes them to end."""
    return (page_folder() / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _inside(element: str, text: str) -> str:
    """Check text for the inside of an element.

    Raises:
        ValueError: the text would end the element, or begin a comment.
    """
    if f"</{element}" in text.lower() or "<!--" in text:
        raise ValueError(f"a {element} of the page contains </{element} or <!--")
    return f"\n{text}"


def _digest(text: str) -> str:
    """The hash of a text as a content security policy has it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
