"""SVG drawings, by the extra `svg`."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.errors import PictureError
from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.formats.pictures import Picture

# Bytes; a drawing that takes more has pictures inside.
MOST_BYTES = 2**24


class Svg(AbstractReader):
    """A drawing, rendered in the size of the patterns where that is given, else in its own."""

    name: ClassVar[str] = "SVG drawing"
    extensions: ClassVar[tuple[str, ...]] = (".svg",)

    def recognises(self, start: bytes, path: str) -> bool:
        """Recognise the element."""
        return start.lstrip().startswith(b"<") and b"<svg" in start

    def read(self, path: Path, name: str, limits: Limits) -> "Picture | NDArray[np.uint8]":
        """Render the drawing."""
        import re

        from hopcli.formats import files, pictures

        try:
            import resvg_py
        except ImportError as error:
            raise PictureError(
                f"{path} is an SVG drawing, which needs resvg-py; run pip install 'hopcli[svg]', "
                f"or write it as PNG"
            ) from error
        with files.opened(path) as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise PictureError(f"{path} is longer than {MOST_BYTES:,} bytes; write it as PNG")
        width, height = limits.size or (None, None)
        # Its size is known only when it has been rendered.
        text = content.decode("utf-8", "replace")
        for side in re.findall(r"(?:width|height|viewBox)\s*=\s*[\"']([^\"']*)", text[:4096]):
            for number in re.findall(r"\d+(?:\.\d+)?(?:e\d+)?", side):
                if limits.size is None and float(number) ** 2 > limits.pixels:
                    raise PictureError(
                        f"{path} is {number} wide or high, and drawn with more than "
                        f"{limits.pixels:,} pixels; give a `size`"
                    )
        try:
            png = resvg_py.svg_to_bytes(svg_string=text, width=width, height=height)
        except BaseException as error:
            # resvg is written in Rust, whose panics are no Exceptions.
            if isinstance(error, KeyboardInterrupt):
                raise
            raise PictureError(f"{path} cannot be drawn: it is damaged; write it as PNG") from error
        return pictures.read_plainly(path, bytes(png), most=limits.pixels)

    def size(self, path: Path, limits: Limits) -> tuple[int, int]:
        """Return width and height as it is rendered."""
        from hopcli.formats import pictures

        found = self.read(path, str(path), limits)
        if isinstance(found, pictures.Picture):
            return found.size
        return found.shape[1], found.shape[0]


MEMBER = Svg()
