"""`hop learn`."""

from typing import Annotated

from hopcli.cli import options, report
from hopcli.cli.signatures import Option


def learn(
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    rule: Annotated[
        str,
        Option(
            "--rule", metavar="RULE",
            help="hebbian, projection, storkey, perceptron, boltzmann or dense.",
        ),
    ] = "projection",
    bias: Annotated[
        bool,
        Option("--bias", help="Learn a bias of each neuron: a weight from one always on."),
    ] = False,
    margin: Annotated[
        float | None,
        Option(
            "--margin", metavar="M",
            help="Of perceptron: the least field ξ_i h_i of a neuron in a pattern, in lengths of "
            "its weights; 1 unless it is given. Larger ones make larger basins.",
        ),
    ] = None,
    sweeps: Annotated[
        int | None,
        Option(
            "--sweeps", min=1, metavar="N",
            help="Of perceptron: how often it goes through the patterns at most; 1000 unless it "
            "is given. Of boltzmann: how often it does; 100. Of dense: how often it does, or does "
            "once more; 300.",
        ),
    ] = None,
    memories: Annotated[
        int | None,
        Option(
            "--memories", metavar="K",
            help="Of dense: how many are learned; 100 unless it is given.",
        ),
    ] = None,
    degree: Annotated[
        int | None,
        Option(
            "--degree", metavar="N",
            help="Of dense: n of xⁿ; 10 unless it is given. Low ones learn features, high ones "
            "prototypes.",
        ),
    ] = None,
    hidden: Annotated[
        int | None,
        Option(
            "--hidden", metavar="M",
            help="Of boltzmann: how many hidden neurons there are; 100 unless it is given.",
        ),
    ] = None,
    persistent: Annotated[
        bool,
        Option(
            "--persistent",
            help="Of boltzmann: let the machine's own samples go on instead of starting at the "
            "patterns; it then completes what it has not seen better, and holds each pattern less.",
        ),
    ] = False,
    rate: Annotated[
        str | None,
        Option(
            "--rate", metavar="R",
            help="Of boltzmann: how far it follows the gradient at first, which falls to 0; 0.05 "
            "unless it is given, or 0.005 with --persistent.",
        ),
    ] = None,
    momentum: Annotated[
        str | None,
        Option(
            "--momentum", metavar="P",
            help="Of boltzmann: the share of each move that is made again in the next; 0.9 unless "
            "it is given.",
        ),
    ] = None,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Learn weights from the patterns of a memory.

    They are written into the memory, beside the patterns, and hop recall --energy classical uses
    them. Learning again replaces them. --rule boltzmann learns those that lead to hidden neurons,
    for hop recall --energy boltzmann and hop interpret. --rule dense learns memories of the
    patterns' labels, by which hop classify finds them; learning again goes on with these.

    Example: hop learn -m letters.npz --rule projection
    """
    from hopcli.cli.learning import Asked, choices, learner
    from hopcli.render.text import printable
    from hopcli.storage import memory_file
    from hopcli.storage.lock import locked
    from hopcli.storage.memories import load

    clock = report.Clock()
    rule = options.choice("--rule", rule, choices())
    limit = options.memory_limit(max_memory)
    asked = Asked(
        memory, rule, limit, seed,
        {
            "bias": bias or None, "margin": margin, "sweeps": sweeps, "memories": memories,
            "degree": degree, "hidden": hidden, "persistent": persistent or None, "rate": rate,
            "momentum": momentum,
        },
    )  # fmt: skip
    with locked(memory):
        with clock.measure("load"):
            stored = options.one_file(load(memory, limit), memory, "what is learned is")
        learning = learner(rule)
        with clock.measure("work"):
            lesson = learning(stored, asked)
            memory_file.save(stored.having(lesson.learned), memory)
    report.notes(lesson.notes)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "rule": rule,
                "patterns": len(stored),
                "stable": lesson.stable,
                **lesson.answers,
                "seconds": clock.seconds(),
            }
        )
    else:
        report.say(printable(lesson.said))
