"""What names may stand for, and who bound them."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

MOST = 256  # values that a name may have
WORK = 200_000  # steps of one reading, about a second; honest chapters need some thousands
DEEPEST = 8  # dots in a name
LONGEST = 64  # characters of a string put together, and ways to do it
TOOLS = {"__main__", "builtins", "importlib", "pkgutil", "sys"}


@dataclass(frozen=True)
class Row:
    """A statement at the top level of a cell; among a name's values it says who bound the name."""

    kind: str  # "setup", "other" or "solution"
    cell: int
    number: int
    source: str = field(compare=False, repr=False)


@dataclass(frozen=True)
class Ref:
    """Something imported, by its dotted name."""

    name: str


@dataclass(frozen=True)
class Text:
    """A constant string."""

    value: str


SPECIAL = {
    "__name__": Text("__main__"),
    "__builtins__": Ref("builtins"),
    "get_ipython": Ref("IPython.get_ipython"),
}


class TooMuch(Exception):
    """A reading would take too long, or find too many things to be worth following."""


@dataclass(eq=False)
class Scope:
    """The local names of a function, class or comprehension; the top level has None."""

    node: ast.AST
    parent: Scope | None
    local: set[str]
    names: defaultdict[str, set] = field(default_factory=lambda: defaultdict(set))


class Names:
    """The values of all names of one submission, as far as they are known.

    Parameters
    ----------
    roots : set of str
        The top packages of interest; names of others are passed over.

    Attributes
    ----------
    row : Row
        The statement being read: what is looked up or seen now is on its account.
    certain : bool
        Whether this statement runs in any case, so that a binding replaces an earlier one.
    late : bool
        Whether bodies of functions are being read, which run when all names are bound.
    changed : bool
        Whether anything new turned up.
    seen : set of (Row, int, str, bool)
        A top-level statement, a line, the dotted name used there, and whether it was only the
        place where something was looked up by a computed name.
    """

    row: Row

    def __init__(self, roots: set[str]):
        self.roots = roots | TOOLS
        self.seen: set[tuple[Row, int, str, bool]] = set()
        self.fields = defaultdict(set)  # attributes of whatever object, by name
        self.returns = defaultdict(set)  # what a function may return
        self._globals = defaultdict(set)  # what function bodies bind at the top level
        self._reaches = defaultdict(set)  # from row to row
        self._top: dict[str, set] = {}
        self._tested: dict[str, set] = {}
        self.certain = self.late = self.changed = False
        self._work = 0

    def spend(self, steps: int) -> None:
        """Count work, so that no text is read for long; raise TooMuch at the bound."""
        self._work += steps
        if self.exhausted:
            raise TooMuch

    @property
    def exhausted(self) -> bool:
        """Whether the bound on work is reached."""
        return self._work > WORK

    def begin(self) -> None:
        """Begin another reading from the first cell on."""
        self.changed = self.late = False
        self._top = {}

    def mark_tested(self) -> None:
        """Remember what is bound now, at the end of the solution cell."""
        self._tested = dict(self._top)

    def go_on_to_bodies(self) -> None:
        """Let bodies of functions see the names as they were when tested, and as they are."""
        self.late = True
        for name, values in self._tested.items():
            self._top[name] = self._top[name] | values

    def reached(self, rows: Iterable[Row], tested: Iterable[str]) -> set[Row]:
        """Collect what rows reach, they themselves and those that bind a tested name included."""
        todo = list(rows)
        todo += [row for name in tested for row in only(Row, self._top.get(name, set()))]
        reached = set()
        while todo:
            row = todo.pop()
            if row not in reached:
                reached.add(row)
                todo += self._reaches[row]
        return reached

    def see(self, values: set, node: ast.AST, computed: bool = False) -> set:
        """Write down which things an expression gives."""
        self.spend(1 + len(values))
        self.seen |= {(self.row, node.lineno, ref.name, computed) for ref in only(Ref, values)}
        return values

    def ref(self, name: str) -> set:
        """Give a thing by its dotted name; nothing, where it is of no interest."""
        top, *path = name.split(".")
        known = top in self.roots and len(path) <= DEEPEST
        return {Ref(name)} if known and (top != "builtins" or _is_builtin(path)) else set()

    def look_up(self, name: str, scope: Scope | None) -> set:
        """Give the values that a name may have, and note whose binding is used."""
        while scope is not None:
            if name in scope.local:
                return scope.names[name]
            scope = scope.parent
        if name in SPECIAL:
            return {SPECIAL[name]}
        values = self._top.get(name, set()) | self._globals[name]
        if not values and hasattr(builtins, name):
            return {Ref(f"builtins.{name}")}
        if not values:
            values = self._top.get("*", set())
            values = values.union(*(self.ref(f"{ref.name}.{name}") for ref in only(Ref, values)))
        rows = only(Row, values)
        self._reaches[self.row] |= rows
        return values - rows

    def assign(self, name: str, values: set, scope: Scope | None, sure: bool = False) -> None:
        """Bind a name; at the top level a sure binding replaces what was."""
        while scope is not None and name not in scope.local:
            scope = scope.parent
        if scope is not None:
            self.grow(scope.names[name], values)
        elif self.late:
            self.grow(self._globals[name], values | {self.row})
        else:
            kept = set() if sure and self.certain else self._top.get(name, set())
            self._top[name] = values | kept | {self.row}

    def grow(self, target: set, values: set) -> None:
        """Add values to a set."""
        if not values <= target and len(target) < MOST:
            target |= values
            self.changed = True

    def meet(self, values: set, texts: set, scope: Scope | None) -> set:
        """Look names up in things."""
        refs, texts, found = only(Ref, values), only(Text, texts), set()
        self.spend(len(refs) * len(texts))
        for ref, text in itertools.product(refs, texts):
            if ref.name == "__main__":
                found |= self.look_up(text.value, scope)
            elif ref.name == "sys.modules":
                found |= self.ref(text.value)
            else:
                found |= self.ref(f"{ref.name}.{text.value}")
        if len(found) > MOST:
            raise TooMuch
        return found

    def join(self, glue: str, parts: list[set]) -> set:
        """Put strings together, in every combination of what the parts may be."""
        choices = [sorted(text.value for text in only(Text, each)) for each in parts]
        self.spend(sum(map(len, choices)))
        made = (glue.join(choice) for choice in itertools.product(*choices))
        return {Text(text) for text in itertools.islice(made, LONGEST) if len(text) <= LONGEST}

    def modules(self, texts: set) -> set:
        """Give what an import by these names may give: ``import_module(".ops", "cnnkit")``."""
        names = {text.value.replace(":", ".") for text in texts}
        self.spend(len(names) ** 2)
        names |= {one + other for one in names for other in names if other.startswith(".")}
        names |= {name.split(".")[0] for name in names}
        return set().union(*(self.ref(name) for name in names))


def _is_builtin(path: list[str]) -> bool:
    """Whether there is such a thing: else ``float`` and any string make a thing in each round."""
    thing = builtins
    for part in path:
        try:
            thing = getattr(thing, part)
        except (AttributeError, UnicodeError):  # a surrogate is a character in no name
            return False
    return True


def only(kind: type, values: set) -> set:
    """Pick the values of one kind."""
    return {value for value in values if isinstance(value, kind)}
