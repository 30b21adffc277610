"""Write constraints.txt from the environment that this runs in.

Run it after a change to pyproject.toml, in an environment where the tests have passed:
``.venv/bin/python tools/pin.py``.
"""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# The versions that the course is tested with. Written by tools/pin.py, used by the Makefile:
#   pip install -c constraints.txt -e ".[torch,grader,cluster,dev]"
"""


def direct_requirements(root: Path = ROOT) -> list[Requirement]:
    """Return what pyproject.toml asks for, the optional groups included."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(text) for group in groups for text in group]


def installed_closure(requirements: list[Requirement]) -> dict[str, str]:
    """Return name and version of each requirement and of all that these need here in turn."""
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    todo = [(need, extra) for need in requirements for extra in ("", *need.extras)]
    while todo:
        need, extra = todo.pop()
        name = canonicalize_name(need.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            found = distribution(name)
        except PackageNotFoundError:
            raise SystemExit(f"{name} is not installed: run 'make build' first.") from None
        versions[name] = Version(found.version).public  # torch 2.13.0+cpu is torch 2.13.0
        for text in found.requires or ():
            inner = Requirement(text)
            if inner.marker is None or inner.marker.evaluate({"extra": extra}):
                todo += [(inner, more) for more in ("", *inner.extras)]
    return versions


def main() -> None:
    """Write the file."""
    versions = installed_closure(direct_requirements())
    lines = [f"{name}=={version}\n" for name, version in sorted(versions.items())]
    (ROOT / "constraints.txt").write_text(HEAD + "".join(lines), encoding="utf-8")
    print(f"constraints.txt: {len(lines)} packages")


if __name__ == "__main__":
    main()
