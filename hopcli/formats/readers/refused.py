"""Formats that are known and not read, each with the reason and what to do instead."""

from pathlib import Path
from typing import ClassVar, NoReturn

from hopcli.errors import PictureError
from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader

# By extension: what it is, why it is not read, what to do.
REASONS = {
    ".pdf": ("a PDF", "it may hold any number of pictures", "write its pages as PNG, for example "
             "by pdftoppm -png -r 100"),
    ".dcm": ("a DICOM file", "its scale is that of a device", "write its pixels as .npy by "
             "pydicom, or as PNG"),
    ".eps": ("an EPS drawing", "it is a program for printers", "write it as SVG or PNG"),
    ".ps": ("a PostScript file", "it is a program for printers", "write it as PNG"),
    ".psd": ("a Photoshop file", "its layers have no one picture", "write it as PNG"),
    ".wmf": ("a Windows metafile", "only Windows draws it", "write it as SVG or PNG"),
    ".emf": ("a Windows metafile", "only Windows draws it", "write it as SVG or PNG"),
    ".mp4": ("a film", "its frames are not decoded here", "write them as PNG, for example by "
             "ffmpeg"),
    ".mov": ("a film", "its frames are not decoded here", "write them as PNG, for example by "
             "ffmpeg"),
    ".avi": ("a film", "its frames are not decoded here", "write them as PNG, for example by "
             "ffmpeg"),
    ".raw": ("a camera's raw file", "its colours are not developed", "write it as TIFF"),
    ".cr2": ("a camera's raw file", "its colours are not developed", "write it as TIFF"),
    ".nef": ("a camera's raw file", "its colours are not developed", "write it as TIFF"),
    ".dng": ("a camera's raw file", "its colours are not developed", "write it as TIFF"),
    ".pkl": ("a pickle", "reading it would run code", "write the array by numpy.save"),
    ".pt": ("a file of PyTorch", "reading it would run code", "write the array by numpy.save"),
    ".xlsx": ("a workbook", "its sheets are not read", "write the sheet as CSV"),
    ".xls": ("a workbook", "its sheets are not read", "write the sheet as CSV"),
    ".ods": ("a workbook", "its sheets are not read", "write the sheet as CSV"),
    ".zip": ("an archive", "archives are not unpacked", "unpack it and give the folder"),
    ".tar": ("an archive", "archives are not unpacked", "unpack it and give the folder"),
    ".parquet": ("a Parquet table", "its columns are not read", "write it as CSV or .npy"),
}  # fmt: skip
# Where in the first bytes the format shows itself.
SIGNATURES = {".pdf": (0, b"%PDF-"), ".dcm": (128, b"DICM"), ".eps": (0, b"%!PS"),
              ".psd": (0, b"8BPS")}  # fmt: skip


class Refused(AbstractReader):
    """A file of a format that is known and not read."""

    name: ClassVar[str] = "format that is not read"
    extensions: ClassVar[tuple[str, ...]] = tuple(REASONS)

    def recognises(self, start: bytes, path: str) -> bool:
        """Recognise documents."""
        return any(start[at:].startswith(sign) for at, sign in SIGNATURES.values())

    def read(self, path: Path, name: str, limits: Limits) -> NoReturn:
        """Raise PictureError with the reason."""
        from hopcli.formats import files

        kind = path.suffix.lower()
        if kind not in REASONS:
            with files.opened(path) as stream:
                start = stream.read(512)
            kind = next(k for k, (at, sign) in SIGNATURES.items() if start[at:].startswith(sign))
        what, why, remedy = REASONS[kind]
        raise PictureError(f"{path} is {what}, which is not read, as {why}; {remedy}")


MEMBER = Refused()
