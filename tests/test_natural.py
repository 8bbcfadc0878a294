"""Natural order: that of natsort."""

from hypothesis import given
from hypothesis import strategies as st
from natsort import natsorted, ns

from hopcli.formats.natural import SIMPLE, naturally

PARTS = st.text("ab_- A0129", min_size=1, max_size=6)
SIMPLE_NAMES = st.builds(
    lambda folders, stem, ending: "/".join([*folders, stem]) + ending,
    st.lists(PARTS, max_size=2), PARTS, st.sampled_from([".png", ".p", ".jp2", ".N1"]),
)  # fmt: skip
ODD_NAMES = st.sampled_from(["no-ending", "a.tar.gz", "a.1x", ".png", "é10.png", "a.b/2.png"])


@given(st.lists(SIMPLE_NAMES, max_size=12))
def test_simple_names_are_ordered_as_natsort_orders_them(names):
    assert all(SIMPLE(name) for name in names)
    assert naturally(names) == natsorted(names, alg=ns.PATH)


@given(st.lists(SIMPLE_NAMES | ODD_NAMES, max_size=12))
def test_other_names_are_too(names):
    assert naturally(names) == natsorted(names, alg=ns.PATH)


def test_numbers_count_as_such():
    assert naturally(["img10.png", "b/1.png", "img2.png"]) == ["b/1.png", "img2.png", "img10.png"]
