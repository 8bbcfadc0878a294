"""Values of options read without pydantic: the same as Typer's own reading, which refuses."""

from pathlib import Path

import pytest
from typer import Context

from hopcli.cli.commands import SUMMARIES, load
from hopcli.cli.values import PlainReader

GIVEN = {
    Path: ["a.png", "-", "a b/", "", "memory.npz", Path("x")],
    str: ["", "auto", "0.5", "é\n"],
    int: ["0", "7", "007", 3, "-3", "x", "1.0", "1.5", "1e3", "9" * 40, True],
    float: ["0", ".5", "5.", "0.25", 0.5, "1e-3", "-1", "nan", "x", ".", "1.2.3", "1_0"],
    bool: [True, False, "yes", "0", "x"],
}


def read(reader, parameter, value):
    try:
        found = reader.coerce(value, parameter, None)
    except Exception as error:
        return str(error)
    return repr(found)


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_value_is_read_as_typer_reads_it(folder, name):
    (folder / "a.png").write_text("")
    command = load(name)
    with Context(command, info_name=name) as context:
        parameters = command.get_params(context)
    assert len(parameters) > 2
    for parameter in parameters:
        plain = parameter.get_runtime_param()
        assert isinstance(plain, PlainReader), parameter.name
        for value in [None, parameter.default, *GIVEN[plain.kind]]:
            given = [value] if plain.many and value is not None else value
            assert read(plain, parameter, given) == read(plain.typers(), parameter, given)
