"""Tables of numbers and drawings in text, as people write them."""

import numpy as np
import pytest

import hopcli
from hopcli.errors import PictureError

A = [[-1, 1, 1, -1], [1, -1, -1, 1], [1, 1, 1, 1]]
ROWS = [[1, -1, 1, 1], [-1, -1, 1, -1]]


def stored(name, content):
    with open(name, "wb") as stream:  # noqa: PTH123
        stream.write(content if isinstance(content, bytes) else content.encode())
    return hopcli.store(name)


@pytest.mark.parametrize(
    "content",
    [
        "1,-1,1,1\n-1,-1,1,-1\n", "1, -1, 1, 1\n-1, -1, 1, -1", "1;-1;1;1;\n-1;-1;1;-1;\n",
        "1\t-1\t1\t1\r\n-1\t-1\t1\t-1\r\n", "1|-1|1|1\n-1|-1|1|-1", " 1 -1  1  1\n-1 -1  1 -1\n",
        "a,b,c,d\n1,-1,1,1\n-1,-1,1,-1\n", "0,1,2,3\n1,-1,1,1\n-1,-1,1,-1\n",
        "\ufeff1,-1,1,1\n-1,-1,1,-1\n", '"1","-1","1","1"\n"-1","-1","1","-1"\n',
        "[[1, -1, 1, 1],\n [-1, -1, 1, -1]]", "# made by hand\n\n1 -1 1 1\n-1 -1 1 -1\n",
        "1.0e+00 -1.0e+00 1 1\n-1.0 -1.0 1.0 -1.0", "% MATLAB\n1,-1,1,1\n\n-1,-1,1,-1\n",
        "1 -1 1 1\n-1 -1 1 -1\n".encode("utf-16"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.txt", "x.dat", "x"])
def test_a_table_is_a_pattern_a_line(folder, content, name):
    if name == "x" and (isinstance(content, bytes) or not content.lstrip()[0].isdecimal()):
        pytest.skip("only lines of numbers are told without a known extension")
    memory = stored(name, content)
    assert memory.patterns.tolist() == ROWS
    assert memory.names == [f"{name}[0]", f"{name}[1]"]


@pytest.mark.parametrize(
    "content",
    ["0,5 0,25 1,0\n0,1 1,0 0,1\n", "0,5;0,25;1\n0,1;1;0,1\n", "0,5\t0,25\t1\n0,1\t1\t0,1"],
)
def test_a_comma_is_a_decimal_sign_where_it_does_not_divide(folder, content):
    assert stored("x.csv", content).patterns.tolist() == [[128, 64, 255], [26, 255, 26]]


@pytest.mark.parametrize(
    "content",
    [
        ".##.\n#..#\n####\n", "-XX-\nX--X\nXXXX", "0110\n1001\n1111\n", "-++-\n+--+\n++++\n",
        ". * * .\n* . . *\n* * * *\n", " ##\n#  #\n####\n", "XOOX\nOXXO\nOOOO\n",
        "oOOo\nOooO\nOOOO",
        "░██░\n█░░█\n████\n", "\n\n.##.\n#..#\n####\n\n",
    ],
)  # fmt: skip
def test_letters_are_drawn_of_many_signs(folder, content):
    memory = stored("a.txt", content)
    found = memory.patterns.reshape(3, 4)
    assert memory.shape == (3, 4)
    if content.startswith("XO"):
        found = -found
    elif content.startswith("oO"):
        # Both are marks where there is no other.
        assert (found == 1).all()
        return
    assert found.tolist() == A


def test_letters_have_names_and_blank_lines_between_them(folder):
    memory = stored("l.txt", "= A\n.#\n##\n\n##\n#.\n= C one\n#.\n.#\n")
    assert memory.names == ["A", "l.txt[1]", "C one"]
    assert (memory.shape, len(memory)) == ((2, 2), 3)
    assert memory.recall("l.txt")[2].name == "C one"


def test_numbers_with_blank_lines_between_them_are_pictures(folder):
    memory = stored("l.txt", "1 -1 1\n1 1 1\n\n-1 -1 1\n1 -1 -1\n")
    assert memory.shape == (2, 3)
    assert memory.patterns.tolist() == [[1, -1, 1, 1, 1, 1], [-1, -1, 1, 1, -1, -1]]
    assert stored("t.txt", "0 1 1\n1 0 0\n1 1 1\n").shape == (1, 3)


def test_columns_of_labels_and_names_are_no_numbers(hop, folder):
    memory = stored("k.csv", "label,p0,p1\n3,0,255\n4,255,7\n")
    assert (memory.labels, memory.patterns.tolist()) == (["3", "4"], [[0, 255], [255, 7]])
    memory = stored("i.csv", "5.1,3.5,setosa\n4.9,3.0,virginica\n")
    assert (memory.labels, memory.shape) == (["setosa", "virginica"], (1, 2))
    memory = stored("p.csv", ",x,y\na,0,1\nb,1,0\n")
    assert memory.names == ["a", "b"]
    answer = hop("store", "k.csv", "--json")
    assert answer.err == "hop: note: column 1 of k.csv was taken as the labels of the rows\n"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("hello world\nmore text\n", "has in row 1 “world”, which is no number"),
        ("1,2\n3\n", "has 2 values in its first row, but 1 in row 2; give rows of one length"),
        ("1,2\n3,\n", "has in row 2 an empty cell"),
        ("1,nan\n3,2\n", "holds NaN or infinite values"),
        ("##\n#.\n\n###\n", "has a drawing of 2x2, but number 2 is of 3x1; give all the same size"),
        ("", "is empty"), (b"\0\1\2", "is no text"), ("# nothing\n", "no line of numbers"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_one_line(folder, content, error):
    with pytest.raises(PictureError, match=error):
        stored("x.txt", content)


def test_a_long_table_takes_the_memory_that_it_may(hop, folder):
    (folder / "x.csv").write_text("1,0,1\n" * 20_000)
    assert "max-memory" in hop("store", "x.csv", "--max-memory", "1M").error
    assert hop("store", "x.csv", "--json").json["patterns"] == 20_000
    assert np.load("memory.npz")["patterns"].shape == (20_000, 1)
