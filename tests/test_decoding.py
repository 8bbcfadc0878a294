"""Pictures from strangers: the right values of every mode, and none but pictures let in."""

import io
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import PIL
import pytest
from PIL import Image

from hopcli.errors import PictureError
from hopcli.formats import pictures

# Of 12 pixels, in every part of the range.
RAMP = np.array([[0, 1, 2, 63], [64, 100, 127, 128], [129, 200, 254, 255]], dtype=np.uint8)
SIXTEEN = np.array([[0, 1, 255, 256], [257, 999, 32767, 32768], [40000, 65279, 65534, 65535]])
COLOURED = np.dstack([RAMP, RAMP[::-1], 255 - RAMP // 2])
ALPHA = np.array([[0, 1, 127, 128], [254, 255, 0, 255], [64, 192, 255, 10]], dtype=np.uint8)
UNIT = np.float32(255)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(rows, width, depth, colour, *before, after=b""):
    """A PNG of packed rows, with chunks before and after its pixels."""
    header = struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + np.asarray(row).tobytes() for row in rows))
    parts = [chunk(b"IHDR", header), *before, chunk(b"IDAT", packed), after, chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def tiff(pixels, *, order="<", sample=1, photometric=1, extra=()):
    """An uncompressed grey TIFF of one strip, of the pixels' type."""
    height, width = pixels.shape
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    entries = [
        (256, width), (257, height), (258, 8 * pixels.dtype.itemsize), (259, 1),
        (262, photometric), (273, 8), (277, 1), (278, height), (279, len(data)), (339, sample),
        *extra,
    ]  # fmt: skip
    directory = struct.pack(f"{order}H", len(entries))
    for tag, value in sorted(entries):
        directory += struct.pack(f"{order}HHII", tag, 4, 1, value)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    offset = 8 + len(data)
    return mark + struct.pack(f"{order}I", offset) + data + directory + bytes(4)


def saved(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def read(folder, content, **limits):
    (folder / "picture").write_bytes(content)
    return pictures.read(folder / "picture", **limits)


def palette(image, colours):
    image.putpalette(np.asarray(colours, dtype=np.uint8).tobytes())
    return image


INDICES = (np.arange(12, dtype=np.uint8) % 3).reshape(3, 4)
COLOURS = np.array([[10, 20, 30], [255, 0, 128], [7, 7, 7]], dtype=np.uint8)
CMYK = np.dstack([RAMP, RAMP[::-1], 255 - RAMP, RAMP // 2])


def by_inks(inks):
    """Red, green and blue of cyan, magenta, yellow and black: (1 − c)(1 − k)."""
    return (1 - inks[..., :3] / 255) * (1 - inks[..., 3:] / 255)


def by_luma(levels):
    """Red, green and blue of luma and chroma (ITU-R BT.601, the full range, as in JPEG)."""
    y, blue, red = (levels[..., k].astype(float) - 128 * (k > 0) for k in range(3))
    rgb = [y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue]
    return np.clip(np.dstack(rgb) / 255, 0, 1)


# By name: a file, the levels that it holds, and by how much they may be off.
OPAQUE = {
    "1": (saved(Image.fromarray(RAMP > 99), "PNG"), RAMP > 99, 0),
    "L": (saved(Image.fromarray(RAMP), "PNG"), RAMP / UNIT, 0),
    "L of 2 bits": (png([np.uint8([0b00011011])], 4, 2, 0), [[0, 1 / 3, 2 / 3, 1]], 1e-7),
    "L as BMP": (saved(Image.fromarray(RAMP), "BMP"), RAMP / UNIT, 0),
    "L as WEBP": (
        saved(Image.fromarray(RAMP), "WEBP", lossless=True), RAMP / UNIT, 0,
    ),
    "P": (
        saved(palette(Image.fromarray(INDICES, "P"), COLOURS), "PNG"), COLOURS[INDICES] / UNIT, 0,
    ),
    "P as GIF": (
        saved(palette(Image.fromarray(INDICES, "P"), COLOURS), "GIF"), COLOURS[INDICES] / UNIT, 0,
    ),
    "RGB": (saved(Image.fromarray(COLOURED), "PNG"), COLOURED / UNIT, 0),
    "RGB as PPM": (saved(Image.fromarray(COLOURED), "PPM"), COLOURED / UNIT, 0),
    "RGB without colour": (saved(Image.fromarray(RAMP).convert("RGB"), "PNG"), RAMP / UNIT, 0),
    "RGB of 16 bits": (
        png([(257 * COLOURED[0].astype(int)).astype(">u2")], 4, 16, 2), COLOURED[:1] / UNIT, 0,
    ),
    "CMYK as TIFF": (saved(Image.fromarray(CMYK, "CMYK"), "TIFF"), by_inks(CMYK), 1 / 255),
    "CMYK as JPEG": (
        saved(Image.new("CMYK", (8, 8), (10, 200, 99, 40)), "JPEG", quality=100),
        by_inks(np.tile(np.uint8([10, 200, 99, 40]), (8, 8, 1))), 2 / 255,
    ),
    "YCbCr as TIFF": (
        saved(Image.fromarray(COLOURED, "YCbCr"), "TIFF", compression="tiff_lzw"),
        by_luma(COLOURED), 1.5 / 255,
    ),
    "YCbCr as plain TIFF": (
        saved(Image.fromarray(COLOURED, "YCbCr"), "TIFF"), by_luma(COLOURED), 1.5 / 255,
    ),
    "YCbCr as JPEG": (
        saved(Image.new("RGB", (8, 8), (200, 40, 90)), "JPEG", quality=100),
        np.tile(np.uint8([200, 40, 90]) / UNIT, (8, 8, 1)), 2 / 255,
    ),
    "I;16": (saved(Image.fromarray(SIXTEEN.astype("<u2")), "PNG"), SIXTEEN / 65535, 1e-7),
    "I;16 as TIFF": (tiff(SIXTEEN.astype("u2")), SIXTEEN / 65535, 1e-7),
    "I;16B": (tiff(SIXTEEN.astype("u2"), order=">"), SIXTEEN / 65535, 1e-7),
    "I;16, 0 being white": (
        tiff(SIXTEEN.astype("u2"), photometric=0), 1 - SIXTEEN / 65535, 1e-7,
    ),
    "I;16, dark": (tiff(SIXTEEN.astype("u2") // 300), SIXTEEN // 300 / 65535, 1e-7),
    "I as PGM": (
        b"P5 4 3 65535\n" + SIXTEEN.astype(">u2").tobytes(), SIXTEEN / 65535, 1e-7,
    ),
    "I": (tiff(SIXTEEN.astype("i4"), sample=2), SIXTEEN / 65535, 1e-7),
    "I, big-endian": (tiff(SIXTEEN.astype("i4"), sample=2, order=">"), SIXTEEN / 65535, 1e-7),
    "I with negative values": (
        tiff((SIXTEEN - 40000).astype("i4"), sample=2), SIXTEEN / 65535, 1e-7,
    ),
    "I of 32 bits": (
        tiff((SIXTEEN * 65537).astype("u4"), sample=1), SIXTEEN / 65535, 1e-7,
    ),
    "F": (tiff((SIXTEEN / 65535).astype("f4"), sample=3), SIXTEEN / 65535, 1e-7),
    "F, noisy": (
        tiff((SIXTEEN / 50000 - 0.2).astype("f4"), sample=3),
        np.clip(SIXTEEN / 50000 - 0.2, 0, 1), 1e-6,
    ),
    "F up to 255": (tiff(RAMP.astype("f4"), sample=3), RAMP / UNIT, 1e-7),
    "F up to 65535": (tiff(SIXTEEN.astype("f4"), sample=3), SIXTEEN / 65535, 1e-7),
    "F beyond": (tiff((SIXTEEN * 1e30 - 1e34).astype("f4"), sample=3), SIXTEEN / 65535, 1e-6),
    "F of one value": (tiff(np.full((3, 4), -5, "f4"), sample=3), np.zeros((3, 4)), 0),
}  # fmt: skip


@pytest.mark.parametrize("mode", OPAQUE)
def test_every_mode_has_its_right_levels(folder, mode):
    content, levels, off = OPAQUE[mode]
    if mode == "YCbCr as plain TIFF" and PIL.__version__.startswith("11."):
        pytest.skip("Pillow 11 takes it for a file that is cut short, and hop refuses it")
    found = read(folder, content)
    assert found.opacity is None
    assert found.pixels.dtype == np.float32
    assert found.pixels.shape == np.shape(levels)
    assert found.pixels == pytest.approx(np.asarray(levels, dtype=float), abs=off)


def test_modes_are_what_their_names_say(folder):
    for name, (content, _, _) in OPAQUE.items():
        with Image.open(io.BytesIO(content)) as image:
            mode = name.split()[0].rstrip(",")
            told = {"I;16B": ("I;16B",), "I": ("I",), "YCbCr": ("YCbCr", "RGB"), "L": ("L", "RGB")}
            assert image.mode in told.get(mode, (mode,)), name


NOTHING = np.float32("nan")
SEE_THROUGH = {
    "LA": (saved(Image.fromarray(np.dstack([RAMP, ALPHA])), "PNG"), RAMP / UNIT, ALPHA / UNIT),
    "LA of 16 bits": (
        png((257 * np.dstack([RAMP, ALPHA]).astype(int)).astype(">u2"), 4, 16, 4),
        RAMP / UNIT, ALPHA / UNIT,
    ),
    "RGBA": (
        saved(Image.fromarray(np.dstack([COLOURED, ALPHA])), "PNG"), COLOURED / UNIT, ALPHA / UNIT,
    ),
    "RGBA as TIFF": (
        saved(Image.fromarray(np.dstack([COLOURED, ALPHA])), "TIFF"), COLOURED / UNIT,
        ALPHA / UNIT,
    ),
    "RGBA as WEBP": (
        saved(Image.fromarray(np.dstack([COLOURED, ALPHA])), "WEBP", lossless=True, exact=True),
        COLOURED / UNIT, ALPHA / UNIT,
    ),
    "P with a transparent colour": (
        saved(palette(Image.fromarray(INDICES, "P"), COLOURED[0]), "GIF", transparency=1),
        COLOURED[0][INDICES] / UNIT, INDICES != 1,
    ),
    "P with transparencies": (
        png(
            INDICES, 4, 8, 3, chunk(b"PLTE", COLOURS.tobytes()), chunk(b"tRNS", bytes([0, 128])),
        ),
        COLOURS[INDICES] / UNIT, np.array([0, 128, 255])[INDICES] / UNIT,
    ),
    "PA": (
        saved(palette(Image.fromarray(np.dstack([INDICES, ALPHA]), "PA"), COLOURS), "TIFF"),
        COLOURS[INDICES] / UNIT, ALPHA / UNIT,
    ),
    "1 with a transparent level": (
        png([np.uint8([0b01100000])], 4, 1, 0, chunk(b"tRNS", b"\0\1")),
        [[0, 1, 1, 0]], [[1, 0, 0, 1]],
    ),
    "L of 2 bits with one": (
        png([np.uint8([0b00011011])], 4, 2, 0, chunk(b"tRNS", b"\0\2")),
        np.array([[0, 85, 170, 255]]) / UNIT, [[1, 1, 0, 1]],
    ),
    "L with one": (png(RAMP, 4, 8, 0, chunk(b"tRNS", b"\0\x64")), RAMP / UNIT, RAMP != 100),
    "I;16 with one": (
        png(
            SIXTEEN.astype(">u2"), 4, 16, 0,
            chunk(b"tRNS", struct.pack(">H", 999)),
        ),
        SIXTEEN / 65535, SIXTEEN != 999,
    ),
    "RGB with one": (
        png(
            COLOURED, 4, 8, 2,
            chunk(b"tRNS", struct.pack(">HHH", *COLOURED[1, 1])),
        ),
        COLOURED / UNIT, (COLOURED[1, 1] != COLOURED).any(axis=2),
    ),
    "RGB of 16 bits with one": (
        png(
            (257 * COLOURED.astype(int)).astype(">u2"), 4, 16, 2,
            chunk(b"tRNS", struct.pack(">HHH", *(257 * COLOURED[1, 1].astype(int)))),
        ),
        COLOURED / UNIT, (COLOURED[1, 1] != COLOURED).any(axis=2),
    ),
    "F with no numbers": (
        tiff(np.where(RAMP > 99, RAMP / UNIT, NOTHING).astype("f4"), sample=3),
        np.where(RAMP > 99, RAMP / UNIT, 0), RAMP > 99,
    ),
    "F of none": (
        tiff(np.full((3, 4), NOTHING, "f4"), sample=3), np.zeros((3, 4)), np.zeros((3, 4)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SEE_THROUGH)
def test_every_kind_of_transparency_is_seen(folder, kind):
    content, levels, opacity = SEE_THROUGH[kind]
    found = read(folder, content)
    assert np.array_equal(found.opacity, np.asarray(opacity, dtype=np.float32))
    seen = found.opacity > 0
    assert found.pixels[seen] == pytest.approx(np.asarray(levels, dtype=float)[seen], abs=1e-7)
    assert np.array_equal(found.known, found.opacity >= 0.5)


@pytest.mark.parametrize("background", ["white", "black", "#808080", "red", "#0a141e"])
@pytest.mark.parametrize("kind", ["LA", "RGBA"])
def test_transparent_pixels_are_blended_with_the_background(hop, folder, kind, background):
    content, levels, _ = SEE_THROUGH[kind]
    (folder / "p.png").write_bytes(content)
    answer = hop("store", "p.png", "--background", background, "--mode", "rgb", "--json").json
    assert answer["shape"] == [3, 4, 3]
    colour = {
        "white": (255, 255, 255), "black": (0, 0, 0), "#808080": (128, 128, 128),
        "red": (255, 0, 0), "#0a141e": (10, 20, 30),
    }[background]  # fmt: skip
    share = ALPHA[..., None] / 255
    shown = share * np.asarray(levels).reshape(3, 4, -1) + (1 - share) * np.array(colour) / 255
    with np.load("memory.npz") as members:
        stored = members["patterns"].reshape(3, 4, 3)
    assert np.abs(stored - 255 * shown).max() <= 0.51


def test_a_grey_picture_on_a_coloured_background_is_coloured(hop, folder):
    (folder / "p.png").write_bytes(SEE_THROUGH["LA"][0])
    assert hop("store", "p.png", "--json").json["mode"] == "gray"
    assert hop("store", "p.png", "--background", "red", "--force", "--json").json["mode"] == "rgb"
    assert "takes a colour" in hop("store", "p.png", "--background", "reed", "--force").error


def test_transparent_pixels_of_a_cue_are_unknown(hop, folder):
    rng = np.random.default_rng(0)
    stored = rng.integers(0, 256, (2, 3, 4)).astype(np.uint8)
    for k, pixels in enumerate(stored):
        Image.fromarray(pixels).save(folder / f"{k}.png")
    hop("store", "0.png", "1.png")
    # What is hidden is that of the other one.
    alpha = np.where(np.arange(12).reshape(3, 4) < 8, 0, 255).astype(np.uint8)
    mixed = np.where(alpha > 0, stored[1], stored[0])
    Image.fromarray(np.dstack([mixed, alpha])).save(folder / "cue.png")
    found = hop("recall", "cue.png", "--json").json["recalls"][0]
    assert (found["index"], found["outcome"]) == (1, "memory")
    assert found["cue_overlap"] == pytest.approx(1)


TURNS = [
    lambda a: a, lambda a: a[:, ::-1], lambda a: a[::-1, ::-1], lambda a: a[::-1],
    lambda a: a.swapaxes(0, 1), lambda a: np.rot90(a, -1), lambda a: a[::-1, ::-1].swapaxes(0, 1),
    np.rot90,
]  # fmt: skip


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "PNG, told last", "WEBP", "TIFF", "TIFF, packed", "JPEG"])
def test_orientation_is_applied(folder, orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(COLOURED.repeat(8, axis=0).repeat(8, axis=1))
    options = {"WEBP": {"lossless": True}, "TIFF, packed": {"compression": "tiff_lzw"}}.get(
        kind, {}
    )
    content = saved(image, kind.split(",")[0], exif=exif, **options)
    if kind == "PNG, told last":
        rows = np.asarray(image).reshape(24, -1)
        content = png(rows, 32, 8, 2, after=chunk(b"eXIf", exif.tobytes()[6:]))
    found = read(folder, content)
    expected = TURNS[orientation - 1](np.asarray(image)) / UNIT
    assert found.pixels.shape == expected.shape
    # A JPEG is near it; blocks keep it from being another turn.
    assert np.abs(found.pixels - expected).mean() < (0.04 if kind == "JPEG" else 1e-9)
    if kind != "PNG, told last":
        assert pictures.size_of(folder / "picture") == found.size
    (folder / "picture").rename("p.png")


def test_a_picture_that_tells_last_that_it_is_turned_is_stored_as_it_is_shown(hop, folder):
    exif = Image.Exif()
    exif[0x0112] = 6
    told = chunk(b"eXIf", exif.tobytes()[6:])
    (folder / "p.png").write_bytes(png(RAMP, 4, 8, 0, after=told))
    assert hop("store", "p.png", "--json").json["shape"] == [4, 3]
    with np.load("memory.npz") as members:
        assert np.array_equal(members["patterns"].reshape(4, 3), np.rot90(RAMP, -1))


def test_damaged_exif_leaves_the_picture_upright(folder):
    content = png(RAMP, 4, 8, 0, chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff\xff\xff"))
    assert np.array_equal(read(folder, content).pixels, RAMP / UNIT)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_of_several_frames_the_first_is_read(folder, kind):
    frames = [Image.fromarray(RAMP), Image.fromarray(255 - RAMP), Image.fromarray(RAMP // 2)]
    options = {"lossless": True} if kind == "WEBP" else {}
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert np.array_equal(read(folder, content).gray, RAMP / UNIT)


@pytest.mark.parametrize("size", [(1, 1), (1, 10_000), (10_000, 1)])
@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "GIF", "WEBP", "JPEG"])
def test_extreme_sizes(folder, size, kind):
    found = read(folder, saved(Image.new("L", size, 77), kind))
    assert found.size == size
    assert found.gray == pytest.approx(77 / 255, abs=2 / 255)
    small = pictures.resize(found, (7, 5))
    assert small.size == (7, 5)
    assert small.gray == pytest.approx(found.gray[0, 0], abs=1e-6)


def test_one_row_of_ten_thousand_is_stored_and_recalled(hop, folder):
    row = np.random.default_rng(0).choice([0, 255], (2, 10_000)).astype(np.uint8)
    for k in range(2):
        Image.fromarray(row[k : k + 1]).save(folder / f"{k}.png")
    assert hop("store", "0.png", "1.png", "--json").json["shape"] == [1, 10_000]
    assert hop("recall", "1.png", "--json").json["recalls"][0]["overlap"] == 1


WHOLE = {
    "PNG": saved(Image.fromarray(COLOURED.repeat(9, 0).repeat(9, 1)), "PNG"),
    "GIF": saved(Image.fromarray(RAMP.repeat(9, 0).repeat(9, 1)), "GIF"),
    "BMP": saved(Image.fromarray(COLOURED), "BMP"),
    "PPM": saved(Image.fromarray(COLOURED), "PPM"),
    "WEBP": saved(Image.fromarray(COLOURED.repeat(9, 0).repeat(9, 1)), "WEBP", lossless=True),
    "JPEG": saved(Image.fromarray(COLOURED.repeat(9, 0).repeat(9, 1)), "JPEG"),
    "TIFF": saved(Image.fromarray(COLOURED.repeat(9, 0).repeat(9, 1)), "TIFF"),
    "TIFF, packed": saved(
        Image.fromarray(COLOURED.repeat(9, 0).repeat(9, 1)), "TIFF", compression="tiff_deflate"
    ),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_picture_that_is_cut_short_is_refused(folder, kind):
    whole = WHOLE[kind]
    assert read(folder, whole)
    for kept in (1, 9, len(whole) // 3, len(whole) // 2):
        with pytest.raises(PictureError, match=r"damaged|no readable picture"):
            read(folder, whole[:kept])


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 999, b"%PDF-1.4", b"GIF89a", b"P5 4"])
def test_what_is_no_picture_is_refused(folder, content):
    with pytest.raises(PictureError, match="no readable picture"):
        read(folder, content)


@pytest.mark.parametrize("kind", ["TGA", "ICNS", "EPS", "SGI"])
def test_other_formats_are_not_opened(folder, kind):
    image = Image.new("RGB", (16, 16), (1, 2, 3))
    with pytest.raises(PictureError, match="no readable picture"):
        read(folder, saved(image, kind))


def test_lab_colours_are_refused_in_words(folder):
    with pytest.raises(PictureError, match="Lab"):
        read(folder, saved(Image.new("LAB", (3, 3)), "TIFF"))


def bombs():
    """Small files whose pictures would be large."""
    side = 6000
    yield "png", png(np.zeros((side, side // 8), np.uint8), side, 1, 0)
    yield "png, of which only the header is there", png(np.zeros((1, 1), np.uint8), 10**9, 8, 2)
    yield "gif", b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\0\0\0" + bytes(
        [0x21, 0xF9, 4, 8, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 255, 255, 255, 255, 0, 8, 0, 0x3B]
    )  # fmt: skip
    yield (
        "bmp",
        struct.pack(
            "<2sIIIIiiHHIIIIII", b"BM", 99, 0, 54, 40, 20_000, 20_000, 1, 24, 0, 0, 0, 0, 0, 0
        ),
    )
    yield "ppm", b"P6 99999 99999 255\n"
    yield "tiff", tiff(RAMP)[:-4].replace(
        struct.pack("<HHII", 256, 4, 1, 4), struct.pack("<HHII", 256, 4, 1, 10**7)
    ) + bytes(4)  # fmt: skip
    yield "tiff in tiles", tiff(RAMP, extra=[(322, 65536), (323, 65536), (324, 8), (325, 12)])
    webp = bytearray(saved(Image.new("RGBA", (3, 3), (1, 2, 3, 4)), "WEBP", save_all=True))
    yield "webp", bytes(
        b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\0\0\0"
        + b"\xff\xff\0" * 2 + bytes(webp[12:])
    )  # fmt: skip


@pytest.mark.parametrize("kind", dict(bombs()))
def test_a_bomb_is_refused_before_it_is_decoded(folder, kind):
    content = dict(bombs())[kind]
    assert len(content) < 30_000
    (folder / "bomb").write_bytes(content)
    before = held()
    with pytest.raises(PictureError, match=r"pixels|no readable picture"):
        pictures.read(folder / "bomb")
    # In MiB; decoded, each of them would take hundreds.
    assert held() - before < 60


def held():
    """The most MiB that this process has held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


COMMANDS = {
    "store": ["store", "bomb.png", "-m", "new.npz"],
    "recall": ["recall", "bomb.png"],
    "recall, as a mask": ["recall", "good.png", "--mask", "bomb.png"],
    "classify": ["classify", "bomb.png"],
    "interpret": ["interpret", "bomb.png"],
    "corrupt": ["corrupt", "bomb.png", "-o", "out.png"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_asks_how_many_pixels_there_are(hop, folder, command):
    Image.fromarray(np.tile(RAMP, (2, 2))).save(folder / "bomb.png")
    Image.fromarray(RAMP).save(folder / "good.png")
    hop("store", "good.png", "--labels", "stem", "--mode", "binary")
    hop("learn", "--rule", "boltzmann", "--hidden", 2)
    said = hop(*COMMANDS[command], "--max-pixels", 47).error
    assert "more than 47 pixels" in said
    assert "--max-pixels" in said
    assert hop(*COMMANDS[command], "--max-pixels", 0).code == 2
    if command != "recall, as a mask":
        assert hop(*COMMANDS[command], "--max-pixels", 48).code == 0


def test_many_small_pictures_are_asked_too(hop, folder):
    for k in range(100):
        Image.fromarray(np.roll(RAMP, k)).save(folder / f"{k}.png")
    assert hop("store", ".", "--max-pixels", 12, "--json").json["patterns"] == 100
    assert "more than 11 pixels" in hop("store", ".", "--force", "--max-pixels", 11).error


def test_more_pixels_may_be_allowed(folder):
    (folder / "large.png").write_bytes(png(np.zeros((6000, 750), np.uint8), 6000, 1, 0))
    assert pictures.size_of(folder / "large.png", most=36_000_000) == (6000, 6000)


def test_standard_input_is_not_read_without_end(folder):
    command = "head -c 60000000 /dev/zero | {} -m hopcli recall - --max-pixels 1000; echo $?"
    Image.fromarray(RAMP).save(folder / "a.png")
    run = {"shell": True, "capture_output": True, "text": True, "check": False}
    subprocess.run(f"{sys.executable} -m hopcli store a.png", **run)
    ran = subprocess.run(command.format(sys.executable), **run)
    assert ran.stdout.strip() == "1"
    assert "standard input holds more than any picture of 1,000 pixels" in ran.stderr


def test_libraries_say_nothing_by_themselves(folder, capfd):
    rng = np.random.default_rng(0)
    whole = bytearray(WHOLE["TIFF, packed"])
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        for place in rng.integers(8, len(whole), 4):
            damaged[place] = rng.integers(256)
        try:
            read(folder, bytes(damaged))
        except PictureError:
            refused += 1
    assert refused > 20
    os.write(2, b"|")
    assert capfd.readouterr() == ("", "|")


def test_damaged_pictures_are_reported_in_words_of_hop_only(folder):
    """As a whole process: libtiff writes past Python, and Pillow logs."""
    (folder / "p").mkdir()
    Image.fromarray(COLOURED).save(folder / "p" / "good.png")
    packed = WHOLE["TIFF, packed"]
    (folder / "p" / "packed.tiff").write_bytes(packed[:20] + b"\xff" * 9 + packed[29:])
    many = tiff(RAMP, extra=[(338, 0)]).replace(
        struct.pack("<HHII", 277, 4, 1, 1), struct.pack("<HHII", 277, 4, 1, 9999)
    )
    (folder / "p" / "samples.tiff").write_bytes(many)
    (folder / "p" / "large.gif").write_bytes(dict(bombs())["gif"])
    ran = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "hopcli", "store", "p"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    lines = ran.stderr.splitlines()
    assert len(lines) == 3, ran.stderr
    assert all(line.startswith("hop: note: skipped p/") for line in lines)
