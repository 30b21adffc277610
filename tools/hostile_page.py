"""Write docs/hostile.md: the attacks that the tests run, here and in plain nbgrader.

With --check, only say whether it is stale.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "autograder"))

from hostile import ATTACKS, Attack  # noqa: E402

RECORD = ROOT / "docs" / "hostile_nbgrader.json"
PAGE = ROOT / "docs" / "hostile.md"
FULL = 5.0  # points of the chapter
HEAD = """\
# Attacks, here and in plain nbgrader

<!-- Written by tools/hostile_page.py from tests/autograder/hostile.py and a record. -->

Each is a submission to a chapter of one exercise and five points, which no attack solves; an
honest student stands before it and one behind. *Here* is what `tests/autograder/test_hostile.py`
proves with every run of the tests, in one batch of all. *nbgrader* is what `nbgrader autograde`
and `generate_feedback` came to, one class of three at a time, recorded by
`python tools/hostile_nbgrader.py`. [security.md](security.md) says what is promised, and how it is
enforced.

"""


def page() -> str:
    """Return the whole page."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    lines = ["| attack | is after | here | nbgrader |", "|---|---|---|---|"]
    for name, attack in ATTACKS.items():
        there = in_words(record["attacks"].get(name))
        lines.append(f"| {name} | {attack.after} | {here(attack)} | {there} |")
    bad = sum(in_words(record["attacks"].get(name)) not in ("0 points", "not recorded")
              for name in ATTACKS)  # fmt: skip
    lines.append(f"\nOf {len(ATTACKS)} attacks {bad} reach something in plain nbgrader.")
    return f"{HEAD}{chr(10).join(lines)}\n\nnbgrader: {record['date']}, {versions}.\n"


def here(attack: Attack) -> str:
    """Say what the tests prove of it."""
    return "the tests of the beside function, by forgery" if attack.wins else "0 points"


def in_words(found: dict | None) -> str:
    """Say what an attack came to in nbgrader."""
    if found is None:
        return "not recorded"
    if "outcome" in found:
        return found["outcome"]
    said = []
    points = found["points"]
    if points is None:
        said.append("no score: an error")
    elif points:
        said.append(f"**{points:g} of {FULL:g} points**")
    else:
        said.append("0 points")
    if found["found"]:
        said.append("**reads hidden tests**")
    if found["shown"]:
        said.append("hidden tests in its feedback")
    if found["script"]:
        said.append("**its script in the feedback page**")
    if found["megabytes of feedback"] >= 1:
        said.append(f"feedback of {found['megabytes of feedback']:g} MB")
    if found["neighbours"] != [FULL, FULL]:
        said.append("**a neighbour's score is not what it should be**")
    if found["spoilt"]:
        said.append("**the course's source is changed**")
    if found["left behind"]:
        said.append("files left behind")
    return "; ".join(said)


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    if parser.parse_args().check:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
            return 0
        print("docs/hostile.md is stale; run 'make docs'.", file=sys.stderr)
        return 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
