"""Wrong usage: one line on standard error, nothing on standard output, exit code 2."""

import pytest

import hopcli
from hopcli.cli.commands import SUMMARIES
from hopcli.cli.main import app


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["recal"], "there is no command recal; did you mean recall?"),
        (["recall"], "missing argument 'CUE...'; see 'hop recall --help'"),
        (["recall", "--simmilarity", "l2", "a.png"], "did you mean '--similarity'?"),
        (["recall", "a.png", "--energy"], "option '--energy' requires an argument"),
        (["store", "a", "--shard-size", 0], "--shard-size 0 was given, but it takes a whole"),
        (["demo", "--port", 99999], "from 0 to 65,535"),
        (["demo", "--port", "x"], "--port x was given, but it takes a whole number"),
        (["capacity"], "missing option '--n'"),
        (["capacity", "--n", "10", "--error", "nan"], "--error nan was given"),
        (["capacity", "--n", "10:1"], "FIRST:LAST:STEP"),
        (["capacity", "--n", "10", "--energy", "expo"], "did you mean exp?"),
        (["capacity", "--n", "10", "--degree", "3"], "no effect with --energy classical"),
        (["capacity", "--n", "10", "--rule", "storkey", "--margin", "1"], "--rule perceptron"),
        (["store", "a", "--mode", "grey"], "did you mean gray?"),
        (["store", "a", "--threshold", "2"], "--threshold 2 was given"),
    ],
)
def test_wrong_usage(hop, arguments, said):
    ran = hop(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("hop: error: ")
    assert ran.err.count("\n") == 1
    assert said in ran.err


def test_every_command_and_option_is_completed(hop, monkeypatch):
    def completed(words):
        monkeypatch.setenv("_HOP_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        return [line.removeprefix("plain,") for line in hop().out.split()]

    assert completed("hop re") == ["recall"]
    assert set(completed("hop ")) == set(SUMMARIES)
    assert "--shrink" not in completed("hop learn --")
    assert {"--rule", "--margin", "--hidden"} <= set(completed("hop learn --"))
    assert completed("hop learn --rule p") == ["perceptron", "projection"]


@pytest.mark.parametrize(
    ("shell", "path"),
    [
        ("zsh", ".zfunc/_hop"),
        ("fish", ".config/fish/completions/hop.fish"),
    ],
)
def test_completion_is_installed_for_the_shell(hop, folder, monkeypatch, shell, path):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    for _ in range(2):
        assert path in hop("--install-completion").out
    assert "_HOP_COMPLETE" in (folder / path).read_text()
    if shell == "zsh":
        assert (folder / ".zshrc").read_text().count("compinit") == 2


def test_a_shell_without_a_script_is_refused(hop, monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/csh")
    assert "$SHELL is csh" in hop("--install-completion").error


def test_the_group_knows_the_version(hop):
    assert app.name == "hop"
    assert hop("--version").out == f"hop {hopcli.__version__}\n"
