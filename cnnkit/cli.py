"""The command ``cnnkit``."""

from __future__ import annotations

import argparse
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
    arguments = parser.parse_args(argv)
    return arguments.run(arguments)


def _doctor(arguments: argparse.Namespace) -> int:
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
