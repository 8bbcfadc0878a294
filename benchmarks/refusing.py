"""How soon, and with how much memory, a small file whose picture would be large is refused.

Beside it stands a recall from a picture that is as small as it looks. Whole processes, the best of
some runs. Run it as `python benchmarks/refusing.py`.
"""

import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

from PIL import Image

RUNS = 7
SIDE = 14_000


def bombs() -> None:
    """Write them: a picture of 196 megapixels, and headers that tell of larger ones."""
    # Row by row: what this process has held counts for those that it starts.
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 + SIDE // 8)) for _ in range(SIDE)) + packer.flush()
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")]
    Path("PNG.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in chunks
        )
    )
    head = struct.pack("<HH", 65535, 65535) + b"\0\0\0"
    disposed = bytes([0x21, 0xF9, 4, 8, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 255, 255, 255, 255, 0, 8, 0])
    Path("GIF.gif").write_bytes(b"GIF89a" + head + disposed + b";")
    Path("PPM.ppm").write_bytes(b"P6 99999 99999 255\n")
    tags = {256: 4, 257: 4, 258: 8, 259: 8, 262: 1, 277: 1, 322: 65536, 323: 65536, 324: 8, 325: 8}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    directory = struct.pack("<H", len(tags)) + entries + bytes(4)
    Path("TIFF of huge tiles.tiff").write_bytes(
        b"II*\0" + struct.pack("<I", 16) + bytes(8) + directory
    )


def taken(picture: Path) -> tuple[float, float]:
    """Seconds and MiB of a recall."""
    start = time.perf_counter()
    call = [sys.executable, "-m", "hopcli", "recall", str(picture)]
    with subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, _, used = os.wait4(process.pid, 0)
    return time.perf_counter() - start, used.ru_maxrss / 1024


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Image.new("L", (8, 8)).save("small.png")
        subprocess.run([sys.executable, "-m", "hopcli", "store", "small.png"], capture_output=True)
        small = [taken(Path("small.png")) for _ in range(RUNS)]
        bombs()
        print("| file | bytes | s | ratio | MiB |\n| --- | --- | --- | --- | --- |")
        peer = min(seconds for seconds, _ in small)
        print(f"| small, recalled | | {peer:.2f} | 1.00 | {max(mib for _, mib in small):.0f} |")
        for path in sorted(set(Path().iterdir()) - {Path("small.png")}):
            if path.suffix in (".npz", ".lock"):
                continue
            runs = [taken(path) for _ in range(RUNS)]
            best = min(seconds for seconds, _ in runs)
            most = max(mib for _, mib in runs)
            size = path.stat().st_size
            print(f"| {path.stem} | {size:,} | {best:.2f} | {best / peer:.2f} | {most:.0f} |")
        os.chdir("/")
