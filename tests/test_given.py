"""The README's table of what is given: each row is tried with files made here."""

import gzip
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import hopcli

README = (Path(__file__).parent.parent / "README.md").read_text()
TABLE = README.partition("| given | taken as | otherwise |\n| --- | --- | --- |\n")[2]
ROWS = [row.split(" | ")[0].removeprefix("| ") for row in TABLE.partition("\n\n")[0].splitlines()]
RNG = np.random.default_rng(0)
X = RNG.choice([-1, 1], (5, 24)).astype(np.int8)
PIXELS = RNG.integers(0, 256, (16, 17, 3)).astype(np.uint8)
LETTERS = "= A\n.#\n##\n\n#.\n.#\n"
# The files of each row: what makes them, options, and the names and shape of the memory.


def matlab(name):
    pytest.importorskip("scipy.io").savemat(name, {"x": X.astype(float)})


def heic(name):
    pytest.importorskip("pillow_heif").register_heif_opener()
    Image.fromarray(PIXELS).save(name)


def drawing(name):
    pytest.importorskip("resvg_py")
    Path(name).write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><rect width="5" height="5"/>'
        "</svg>"
    )


def idx(name):
    stack = np.abs(X).reshape(5, 6, 4).astype(np.uint8) * 200
    content = bytes([0, 0, 8, 3]) + b"".join(bytes([0, 0, 0, n]) for n in (5, 6, 4))
    content += stack.tobytes()
    Path(name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


def arrays(name):
    Path(name).mkdir()
    for k in range(5):
        np.save(f"{name}/{k}.npy", X[k].reshape(6, 4))


def table(name):
    delimiter = {".csv": ",", ".tsv": "\t", ".txt": " ", ".dat": ";"}[Path(name).suffix]
    Path(name).write_text("\n".join(delimiter.join(map(str, row)) for row in X))


def film(name):
    frames = [Image.fromarray(each) for each in (PIXELS, PIXELS[::-1], 255 - PIXELS)]
    frames[0].save(name, save_all=True, append_images=frames[1:])


def picture(name):
    Image.fromarray(PIXELS[:16, :16]).save(name)


MAKERS = {
    "rows.npy": (lambda name: np.save(name, X), 5, (1, 24)),
    "stack.npy": (lambda name: np.save(name, X.reshape(5, 6, 4)), 5, (6, 4)),
    "colour.npy": (lambda name: np.save(name, PIXELS), 1, (16, 17, 3)),
    "arrays/": (arrays, 5, (6, 4)),
    "data.npz": (lambda name: np.savez(name, x=X, y=X), 5, (1, 24)),
    "data.mat": (matlab, 5, (1, 24)),
    "images-": (idx, 5, (6, 4)),
    "table.": (table, 5, (1, 24)),
    "letters.txt": (lambda name: Path(name).write_text(LETTERS), 2, (2, 2)),
    "pixel.": (picture, 1, (16, 16, 3)),
    "photo.heic": (heic, 1, (16, 17, 3)),
    "drawing.svg": (drawing, 1, (5, 10)),
    "film.": (film, 1, (16, 17, 3)),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_table_is_so(hop, folder, row):
    given = re.findall("`([^`]*)`", row)
    tried = 0
    for source in given:
        maker = next((MAKERS[begin] for begin in MAKERS if source.startswith(begin)), None)
        if maker is not None:
            make, patterns, shape = maker
            make(source.partition(":")[0])
            answer = hop("store", source, "--json", "--force")
            assert (answer.json["patterns"], tuple(answer.json["shape"])) == (patterns, shape)
            tried += 1
        if source.startswith("film."):
            assert "only the first frame of" in answer.err
            every = hop("store", source, "--frames", "all", "--json", "--force").json
            assert every["patterns"] == 3
            with np.load("memory.npz") as members:
                assert members["names"].tolist() == [f"{source}[{k}]" for k in range(3)]
        if source.startswith("--pattern"):
            pattern = source.removeprefix("--pattern ").strip('"')
            assert hop("store", "--pattern", pattern, "--json", "--force").json["patterns"] == 1
            recalled = hop("recall", "--pattern", pattern, "--json").json["recalls"][0]
            assert (recalled["name"], recalled["overlap"]) == (pattern, 1)
            assert hopcli.store(pattern).recall(pattern).overlap == 1
            tried += 1
        if source.startswith(("--labels", "--names")):
            option, file = source.split()
            np.save("rows.npy", X)
            if file.endswith(".npy"):
                np.save(file, np.arange(5))
            else:
                Path(file).write_text("\n".join("01234"))
            memory = hopcli.store("rows.npy", **{option.strip("-"): file})
            found = memory.labels if option == "--labels" else memory.names
            assert found == list("01234")
            Path(file).write_bytes(Path(file).read_bytes()[:-2])
            assert hop("store", "rows.npy", option, file, "--force").code == 1
            tried += 1
        if source.endswith((".pdf", ".dcm")):
            Path(source).write_bytes(b"%PDF-1.7")
            assert "which is not read, as" in hop("store", source).error
            tried += 1
    assert tried


def test_the_table_has_what_hop_reads():
    assert len(ROWS) > 14


def test_columns_are_patterns_where_that_is_said(hop, folder):
    np.save("x.npy", RNG.choice([-1, 1], (784, 5)))
    answer = hop("store", "x.npy", "--json")
    assert answer.json["patterns"] == 784
    assert "taken as 784 patterns of 5 values, one a row; --columns takes its columns" in answer.err
    assert hop("store", "x.npy", "--columns", "--json", "--force").json["patterns"] == 5
    recalls = hop("recall", "x.npy", "--json")
    assert [each["index"] for each in recalls.json["recalls"]] == [0, 1, 2, 3, 4]
    assert "the columns of x.npy were taken as cues" in recalls.err


def test_names_and_their_labels_in_two_columns(folder):
    picture("a.png")
    picture("b.png")
    Path("y.csv").write_text("b.png,dog\na.png,cat\n")
    assert hopcli.store(["a.png", "b.png"], labels="y.csv").labels == ["cat", "dog"]


def test_recall_goes_on_without_what_cannot_be_read(hop, folder):
    picture("good.png")
    Path("bad.png").write_bytes(b"no picture")
    hop("store", "good.png")
    answer = hop("recall", "bad.png", "good.png", "missing.png")
    assert answer.code == 1
    assert answer.out.startswith("good.png is good.png")
    assert re.search("note: not recalled: .*bad.png", answer.err)
    assert re.search("error: not recalled: .*missing.png", answer.err) or "bad.png" in answer.err
    with pytest.raises(hopcli.HopError):
        hopcli.load("memory.npz").recall(["bad.png", "good.png"])


def test_a_pattern_that_is_none_is_wrong_usage(hop, folder):
    answer = hop("store", "--pattern", "cat")
    assert answer.code == 2
    assert "--pattern cat was given, but it takes signs" in answer.err
    assert hop("store").code == 2
    assert hop("recall", "--pattern", "1,?,0").code == 1


def test_a_drawing_is_drawn_in_the_size_that_is_asked_for(hop, folder):
    drawing("x.svg")
    assert hop("store", "x.svg", "--size", "40x20", "--json").json["shape"] == [20, 40]
    assert hop("recall", "x.svg", "--json").json["recalls"][0]["overlap"] == 1


@pytest.mark.parametrize(
    ("module", "file", "make"),
    [("resvg_py", "x.svg", drawing), ("pillow_heif", "x.heic", heic)],
)
def test_what_is_not_installed_is_named(hop, folder, monkeypatch, module, file, make):
    make(file)
    monkeypatch.setitem(sys.modules, module, None)
    assert "pip install 'hopcli[" in hop("store", file).error
