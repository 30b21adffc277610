"""The command ``cnnkit``."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence

from cnnkit import doctor


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="cnnkit", description="Helps with the course on convolutional networks."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    command = commands.add_parser(
        "doctor", help="look whether this computer is ready for the course"
    )
    command.set_defaults(run=_doctor)
    _add_data(commands)
    _add_check(commands)
    _add_progress(commands)
    _add_solution(commands)
    _add_update(commands)
    arguments = parser.parse_args(argv)
    if hasattr(sys.stdout, "reconfigure"):  # a notebook's has not, and needs none
        sys.stdout.reconfigure(errors="replace")  # for a screen that lacks some letters
    return arguments.run(arguments)


def _doctor(arguments: argparse.Namespace) -> int:
    print("Looking at Python, its packages and this folder: some seconds ...\n", flush=True)
    findings = doctor.examine()
    for finding in findings:
        mark = "ok     " if finding.fine else "WRONG  " if finding.needed else "without"
        print(f"{mark}  {finding.what}")
        if not finding.fine:
            print(f"         {finding.mend}")
    broken = sum(finding.broken for finding in findings)
    things = "1 thing is" if broken == 1 else f"{broken} things are"
    print(
        f"\n{things} to be mended."
        if broken
        else "\nAll is well: you can start, with or without a network."
    )
    return 1 if broken else 0


def _add_data(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "data",
        help="list the data sets, fetch them, verify their files",
        description="Data sets: which there are, which are here, and whether they are whole.",
        epilog="CNNKIT_DATA_DIR names a folder of files that are here already, "
        "CNNKIT_DATA_CACHE the folder that keeps downloads, CNNKIT_DATA_MIRROR a server to ask "
        "first; CNNKIT_OFFLINE=1 keeps away from the network.",
    )
    verbs = command.add_subparsers(title="commands", dest="verb", required=True, metavar="COMMAND")
    verbs.add_parser("list", help="list the sets and where they are")
    fetch = verbs.add_parser("fetch", help="download what is not here")
    fetch.add_argument("names", nargs="+", metavar="NAME", help="mnist or fashion-mnist")
    verify = verbs.add_parser("verify", help="check every file against its hash")
    verify.add_argument("names", nargs="*", metavar="NAME", help="only these sets")
    command.set_defaults(run=_data)


def _data(arguments: argparse.Namespace) -> int:
    from cnnkit.data import command  # only here: it loads NumPy

    return command.run(arguments.verb, getattr(arguments, "names", []))


def _add_check(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "check",
        help="look a notebook over before you hand it in",
        description="Run a saved notebook from top to bottom in a fresh Python, as marking does, "
        "and say what stands in the way: cells that are missing or changed, that only work in the "
        "order in which you clicked, or that take too long. The notebook is not changed.",
        epilog="Exit status: 0 when it can be handed in, even if tests fail; 1 when something "
        "must be mended first; 2 when there is nothing that can be checked.",
    )
    command.add_argument("notebook", metavar="NOTEBOOK", help="such as 04_conv_layer.ipynb")
    command.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    from cnnkit.coursework import check_command

    return check_command.run(arguments.notebook)


def _add_progress(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "progress",
        help="sum up your points so far",
        description="Sum up the visible tests that passed when they were run last, in the "
        "notebooks as they were saved: for the whole course, or exercise by exercise for one "
        "chapter. In a notebook: import cnnkit; cnnkit.progress().",
        epilog="Exit status: 0, or 2 when there is no such chapter or no notebook of it.",
    )
    command.add_argument("chapter", nargs="?", metavar="CHAPTER", help="number or name, such as 04")
    command.add_argument(
        "--folder", metavar="DIR", help="where the notebooks are (default: here, or ./notebooks)"
    )
    command.set_defaults(run=_progress)


def _progress(arguments: argparse.Namespace) -> int:
    from cnnkit.coursework import notebooks, overview

    try:
        print(overview.progress(arguments.chapter, arguments.folder))
    except (ValueError, notebooks.NotANotebook) as error:
        print(error)
        return 2
    return 0


def _add_solution(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "solution",
        help="show the course's own answer, after an honest try",
        description="Show the course's own answer to an exercise, once something is written for "
        "it in notebooks/, right or wrong. Run it in the folder of the course.",
        epilog="Exit status: 0 when the answer is shown; 1 when it is not, with the reason.",
    )
    command.add_argument("chapter", metavar="CHAPTER", help="number or name, such as 04")
    command.add_argument("exercise", metavar="EXERCISE", help="its name, such as conv2d_naive")
    command.set_defaults(run=_solution)


def _solution(arguments: argparse.Namespace) -> int:
    from cnnkit.coursework import solutions

    try:
        print(solutions.solution(arguments.chapter, arguments.exercise))
    except solutions.NotShown as error:
        print(textwrap.fill(str(error), 96))
        return 1
    return 0


def _add_update(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "update",
        help="take your work along when chapters have changed",
        description="Put the work from notebooks that you set aside into those of a newer release "
        "of the course: your answers and your own cells, with what they showed. The old notebooks "
        "are not changed, and no work in the new ones is written over.",
        epilog="Exit status: 0; 1 when a notebook was left out, with the reason; 2 when there is "
        "no notebook.",
    )
    command.add_argument("old", metavar="OLD", help="the folder set aside, or one notebook")
    command.add_argument(
        "--into", metavar="DIR", help="where the new notebooks are (default: here, or ./notebooks)"
    )
    command.set_defaults(run=_update)


def _update(arguments: argparse.Namespace) -> int:
    from cnnkit.coursework import update_command

    return update_command.run(arguments.old, arguments.into)
