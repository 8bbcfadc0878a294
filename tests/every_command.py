"""Every command of hop in one process, each with all that it writes, into one folder.

`python every_command.py FOLDER` makes what the commands need from a fixed seed, and runs them
there; what each prints goes into a file of its own, times left out. Small memories are recalled by
NumPy, and larger ones by kernels.
"""

import contextlib
import io
import os
import re
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from hopcli.cli.main import main

COMMANDS = """
store pictures -m small.npz
store pictures -m folder/ --shard-size 3 --json
store pictures/a -m folder/ --append
store many.npy -m many.npz --size 32x32
store colours -m rgb.npz --json
store grey.npy -m grey.npz --size 32x32 --mode gray
info -m small.npz
info -m folder --json
info -m rgb.npz --json
recall pictures/a/1.png -m small.npz --noise 0.2 -o one.png --gif one.gif --plot one.png.png
recall pictures/a/1.png -m small.npz --occlude 0.5 --energy classical --plot one.svg
recall pictures -m folder --noise 0.3 --seed 3 -o recalled --json
recall cues.npy -m many.npz --noise 0.3 -o exp.npy --json
recall cues.npy -m many.npz --noise 0.3 --energy poly --occlude 0.2 -o poly.npy --json
recall cues.npy -m many.npz --noise 0.3 --energy classical -o classical.npy --json
recall cues.npy -m many.npz --noise 0.3 --energy classical --update sync -o sync.npy --json
recall cues.npy -m many.npz --noise 0.3 --temperature 0.9 --max-sweeps 8 -o warm.npy --json
recall cues.npy -m many.npz --energy poly --anneal 5:1:8 -o annealed.npy --json
recall pictures -m small.npz --noise 0.4 --energy classical --anneal 1:0.1:5 --json
learn -m small.npz --rule perceptron --bias --json
learn -m many.npz --rule storkey
learn -m many.npz --json
recall cues.npy -m many.npz --noise 0.2 --energy classical -o weights.npy --json
recall pictures/a/1.png -m small.npz --noise 0.2 --energy classical --json
recall cues.npy -m many.npz --energy classical --temperature 0.4 --max-sweeps 8 -o hot.npy --json
forget many.npy[3] many.npy[5] -m many.npz --json
forget b/3.png b/2.png -m folder
recall cues.npy -m grey.npz --noise 0.2 -o grey.npy.npy --json
recall colours/b/1.png -m rgb.npz --noise 0.2 --similarity l1 --occlude left --json
recall colours -m rgb.npz --noise 0.3 -o colours-again --json
recall colours/a/1.png -m rgb.npz --noise 0.3 --gif way.gif --plot way.pdf
store pictures -m machine.npz
learn -m machine.npz --rule boltzmann --hidden 30 --sweeps 30 --json
learn -m machine.npz --rule boltzmann --hidden 30 --sweeps 30 --persistent --seed 2
recall pictures -m machine.npz --energy boltzmann --noise 0.2 -o settled.npy --json
interpret pictures -m machine.npz --json
classify pictures -m small.npz --json
classify colours -m rgb.npz
generate a -m rgb.npz --count 3 -o made --json
generate b -m small.npz --gif forming.gif -o b.png
learn -m rgb.npz --rule dense --memories 5 --degree 3 --sweeps 4 --json
learn -m rgb.npz --rule dense --sweeps 2
learn -m small.npz --rule dense --sweeps 3
classify colours -m rgb.npz --json
classify pictures -m small.npz --rule none
info -m small.npz --plot sheet.png
corrupt pictures/a/1.png --noise 0.2 --occlude 0.3 -o damaged.png --json
corrupt colours/b/2.png --noise 0.2 -o damaged-colours.png --seed 5
dream -m many.npz --steps 100 --json
recall cues.npy -m many.npz --noise 0.1 --energy classical -o dreamt.npy --json
dream -m small.npz --rate 0.05 --seed 3
capacity --n 60 --trials 20 --plot curve.png --csv curve.csv --json
capacity --n 40,50,60 --trials 10 --energy poly
capacity --n 60 --trials 10 --measure retrieval --load 0.1,0.2 --json
capacity --n 40 --trials 6 --rule hebbian,projection,storkey,perceptron,dream --noise 0.1 --json
"""


def prepare():
    rng = np.random.default_rng(0)
    for label in "ab":
        for k in range(4):
            for folder, shape in (("pictures", (16, 16)), ("colours", (12, 12, 3))):
                Path(folder, label).mkdir(parents=True, exist_ok=True)
                levels = rng.integers(256, size=shape, dtype=np.uint8)
                pixels = levels if len(shape) == 3 else np.where(levels > 127, 255, 0)
                Image.fromarray(pixels.astype(np.uint8)).save(Path(folder, label, f"{k}.png"))
    many = rng.choice(np.array([-1, 1], dtype=np.int8), (1500, 1024))
    np.save("many.npy", many)
    np.save("cues.npy", many[:24])
    np.save("grey.npy", rng.integers(256, size=(1500, 1024), dtype=np.uint8))


def run(command, place):
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.argv = ["hop", *command.split()]
    with contextlib.redirect_stdout(out):
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise RuntimeError(command) from ended
    out.flush()
    said = re.sub(rb'"seconds": \{[^}]*\}', b"", out.buffer.getvalue())
    place.write_bytes(said)


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    prepare()
    for number, command in enumerate(COMMANDS.strip().splitlines()):
        run(command, Path(f"{number:02}.out"))
