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
from hostile_folders import FOLDERS  # noqa: E402

RECORD = ROOT / "docs" / "hostile_nbgrader.json"
PAGE = ROOT / "docs" / "hostile.md"
FULL = 5.0  # points of the chapter
NOTHING, UNKNOWN = "0 points", "not recorded"
HEAD = """\
# Attacks, here and in plain nbgrader

<!-- Written by tools/hostile_page.py from tests/autograder/hostile.py and a record. -->

Each is a submission to a chapter of one exercise and five points, which no attack solves; an
honest student stands before it and one behind. *Here* is what `tests/autograder/test_hostile.py`
and `test_hostile_folders.py` prove with every run of the tests, in one batch of all: the points
below, nothing hidden found, no neighbour disturbed, no script in a page. *nbgrader* is what
`nbgrader autograde` and `generate_feedback` came to, one class of three at a time, recorded by
`python tools/hostile_nbgrader.py`, which keeps them in namespaces of their own.
[security.md](security.md) says what is promised, and how it is enforced.

"""
SIGNS = {
    "found": "**reads hidden tests**",
    "script": "**its script in the feedback page**",
    "formula": "**a formula in the exported table**",
    "spoilt": "**the course's source is changed**",
    "left behind": "files left behind",
}


def page() -> str:
    """Return the whole page."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    attacks = ATTACKS | FOLDERS
    there = {name: in_words(found(record, name, attack)) for name, attack in attacks.items()}
    lines = ["| attack | is after | here | nbgrader |", "|---|---|---|---|"]
    for name, attack in attacks.items():
        lines.append(f"| {name} | {attack.after} | {here(attack)} | {there[name]} |")
    bad = sum(words not in (NOTHING, UNKNOWN) for words in there.values())
    known = len(attacks) - list(there.values()).count(UNKNOWN)
    lines.append(
        f"\nOf {len(attacks)} attacks {known} are recorded for nbgrader. Of these, {bad} do more "
        "there than win no points."
    )
    if record["attacks"]["(none)"]["shown"]:
        lines.append("Its feedback shows the hidden tests to everybody, attack or not.")
    return f"{HEAD}{chr(10).join(lines)}\n\nnbgrader: {record['date']}, {versions}.\n"


def found(record: dict, name: str, attack: Attack) -> dict | None:
    """What is recorded of an attack, as it is now."""
    known = record["attacks"].get(name)
    return known if known and known["digest"] == attack.digest else None


def here(attack: Attack) -> str:
    """Say what the tests prove of it."""
    return "the test of the beside function, by forgery" if attack.wins else NOTHING


def in_words(found: dict | None) -> str:
    """Say what an attack came to in nbgrader."""
    if found is None:
        return UNKNOWN
    if "outcome" in found:
        return found["outcome"]
    points = found["points"]
    if points is None:
        said = ["no score: an error"]
    else:
        said = [f"**{points:g} of {FULL:g} points**" if points else NOTHING]
    said += [words for sign, words in SIGNS.items() if found.get(sign)]
    said += [f"**gets at {what}**" for what in found.get("gained", ())]
    if found["megabytes of feedback"] >= 1:
        said.append(f"feedback of {found['megabytes of feedback']:g} MB")
    if found["neighbours"] != [FULL, FULL]:
        said.append("**a neighbour's score is not what it should be**")
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
