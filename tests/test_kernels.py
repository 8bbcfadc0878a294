"""Where compiled kernels are kept, and what comes of damage to them."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hopcli.kernels
from hopcli.kernels import cache_folder
from hopcli.kernels.compiling import _Kept

SOURCE = """
from hopcli.kernels.compiling import njit


@njit("int64(int64)", cache=True)
def successor(number):
    return number + 1
"""


@pytest.fixture
def compiled(folder, monkeypatch):
    """Import a module with a kernel anew, as another process would, from the same place."""
    (folder / "kernel.py").write_text(SOURCE)
    monkeypatch.setattr(hopcli.kernels.compiling, "KEPT", True)

    def load():
        spec = importlib.util.spec_from_file_location("kernel", folder / "kernel.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.successor

    return load


@pytest.fixture
def kept(folder):
    return lambda ending: next((folder / "__pycache__").glob(f"*{ending}"))


def was_loaded(kernel):
    return sum(kernel.stats.cache_hits.values()) == 1


@pytest.mark.parametrize("ending", [".nbi", ".nbc", ".sha256"])
@pytest.mark.parametrize("damage", ["empty", "half", "zeros", "garbage", "one bit", "missing"])
def test_a_damaged_kernel_is_compiled_again(compiled, kept, ending, damage):
    assert compiled()(1) == 2
    path = kept(ending)
    good = path.read_bytes()
    middle = len(good) // 2
    path.write_bytes(
        {
            "empty": b"",
            "half": good[:middle],
            "zeros": good[:middle] + bytes(len(good) - middle),
            "garbage": b"garbage",
            "one bit": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
            "missing": b"",
        }[damage]
    )
    if damage == "missing":
        path.unlink()
    mended = compiled()
    assert mended(1) == 2
    assert not was_loaded(mended)
    assert was_loaded(compiled())


def test_a_disk_without_room_is_no_error(compiled, folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_Kept.__base__, "save_overload", full)
    assert compiled()(1) == 2
    assert not list(folder.rglob("*.nb?"))


def test_a_place_that_is_none_is_no_error(compiled, folder, monkeypatch):
    (folder / "__pycache__").write_text("no folder")
    monkeypatch.setenv("HOME", str(folder / "__pycache__"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert compiled()(1) == 2


def test_kernels_let_go_of_the_lock_of_the_interpreter():
    package = Path(hopcli.kernels.__file__).parent
    for path in package.glob("*.py"):
        if path.name != "compiling.py":
            assert not re.search(r"from numba import .*\bnjit\b|numba\.njit", path.read_text()), (
                f"{path.name} takes njit from numba, not from kernels/compiling.py"
            )


def test_only_folders_that_nobody_else_can_write_to_are_safe(folder):
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    assert cache_folder.is_safe(inner)
    assert cache_folder.is_safe(inner / "to be made" / "yet")
    (folder / "link").symlink_to(inner)
    assert cache_folder.is_safe(folder / "link")
    for place, mode in ((inner, 0o777), (inner.parent, 0o777), (inner, 0o1777)):
        place.chmod(mode)
        assert not cache_folder.is_safe(inner)
        assert not cache_folder.is_safe(folder / "link")
        place.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(inner, 12345, 12345)
        assert not cache_folder.is_safe(inner)


def chosen(**environment):
    """Whether kernels are kept, and where numba is told to keep them."""
    ran = subprocess.run(
        [
            sys.executable, "-c",
            "import os, hopcli.kernels as k; print(k.KEPT, os.environ.get('NUMBA_CACHE_DIR'))",
        ],
        env={key: value for key, value in (os.environ | environment).items() if value is not None},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout.strip()


def test_an_unsafe_folder_is_not_used_although_it_was_asked_for(folder):
    folder.chmod(0o777)
    assert str(folder) not in chosen(NUMBA_CACHE_DIR=str(folder))
    folder.chmod(0o755)
    assert chosen(NUMBA_CACHE_DIR=str(folder)) == f"True {folder}"


def test_a_home_folder_is_used_where_there_is_one(folder, monkeypatch):
    # Set, so that what is made of it is undone.
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(cache_folder, "_is_safe_beside", lambda: False)
    (folder / "file").write_text("no folder")
    monkeypatch.setenv("HOME", str(folder / "file"))
    assert not cache_folder.choose()
    monkeypatch.setenv("HOME", str(folder))
    assert cache_folder.choose()
    assert os.environ["NUMBA_CACHE_DIR"] == str(folder / ".cache" / "hop")
