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
