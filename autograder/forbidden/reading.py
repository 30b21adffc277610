"""Follow names through code without running it, to see which imported things it uses.

A small abstract interpreter. Names, attributes and parameters hold sets of possible values
(things imported, constant strings, the student's own functions). Assignments, containers, calls
and imports pass the sets on, and all is read again until nothing new turns up. The top level of
the cells is read in order, so a student's own ``conv2d`` hides an imported one; within functions
and branches everything counts as possible.

Limits. A function's body is read as if called after the last cell. An object's attributes are
told apart by their name only, a container's items not at all. Not seen: names made by more than
``+``, f-strings and ``join``, what ``exec`` runs, files read or written at run time, values that
travel through the state of a library, the patterns of ``match``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from autograder.forbidden import syntax
from autograder.forbidden.names import Names, Ref, Row, Scope, Text, TooMuch, only

ROUNDS = 8  # until nothing new turns up; honest code needs two

# Attributes that lead to the same things by another door: m.__dict__["x"], vars(m).get("x").
DOORS = set("__dict__ __getattribute__ __getitem__ copy get items pop setdefault values".split())
NAMESPACES = {"__globals__", "f_globals", "user_ns"}
IMPORTERS = {"builtins.__import__", "importlib.import_module", "pkgutil.resolve_name"}
OWN_NAMES = {"builtins.globals", "builtins.locals", "builtins.vars"}
SEQUENCES = (ast.Tuple, ast.List)


class Reader:
    """What the cells of one submission use of some packages.

    Parameters
    ----------
    roots : set of str
        The top packages of interest; all others are passed over.
    """

    def __init__(self, roots: set[str]):
        self.names = Names(roots)  # what was found out, names.seen above all
        self.solution: set[Row] = set()  # the statements of the solution cell
        self.unread: set[Row] = set()  # those too long, too deep or too tangled to be read
        self._flat: dict[str, Sequence[tuple[ast.stmt, bool]]] = {}  # statements by the cell's text
        self._scopes: dict[ast.AST, Scope] = {}
        self._imported: set[str] = set()  # names that an import binds at the top level

    def read(
        self, setup: Sequence[str], before: Sequence[str], solution: str, after: Sequence[str]
    ) -> None:
        """Read the cells in this order, again and again until nothing new turns up."""
        for _ in range(ROUNDS):
            self.names.begin()
            self._bodies: list[tuple[Row, Scope]] = []
            start = len(setup) + len(before)
            self._cells("setup", 0, setup)
            self._cells("other", len(setup), before)
            self._cells("solution", start, [solution])
            self.names.mark_tested()
            self._cells("other", start + 1, after)
            self.names.go_on_to_bodies()
            while self._bodies:
                self.names.row, scope = self._bodies.pop()
                self._guarded(self._body, scope.node, scope)
            if not self.names.changed or self.names.exhausted:
                break

    def _cells(self, kind: str, first: int, texts: Sequence[str]) -> None:
        for cell, text in enumerate(texts, start=first):
            self.names.row = Row(kind, cell, 0, text)
            if text not in self._flat:
                self._flat[text] = ()
                self._guarded(self._parse, text, None)
            for number, (statement, certain) in enumerate(self._flat[text]):
                self.names.row, self.names.certain = Row(kind, cell, number, text), certain
                if kind == "solution":
                    self.solution.add(self.names.row)
                self._guarded(self._execute, statement, None)

    def _parse(self, text: str, _: None) -> None:
        self.names.spend(len(text))  # about as long as a step each
        self._flat[text] = syntax.statements(text)

    def _guarded(self, read, what: ast.AST | str, scope: Scope | None) -> None:
        try:
            read(what, scope)
        except (RuntimeError, MemoryError, TooMuch):  # RecursionError, and IPython at 500 magics
            self.unread.add(self.names.row)

    def _body(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Lambda):
            self.names.grow(self.names.returns[node], self._value(node.body, scope))
        else:
            for statement, _ in syntax.flat(node.body):
                self._execute(statement, scope)

    def _execute(self, node: ast.stmt, scope: Scope | None) -> None:
        self.names.spend(1)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                read = self._class if isinstance(node, ast.ClassDef) else self._function
                made = read(node, scope)
                for decorator in node.decorator_list:
                    made = made | self._hand(self._value(decorator, scope), made)
                self.names.assign(node.name, made, scope, sure=True)
            case ast.Import(names=[alias]):
                name = alias.name if alias.asname else alias.name.split(".")[0]
                self.names.see(self.names.ref(alias.name), node)
                self._import(alias.asname or name, name, scope)
            case ast.ImportFrom(module=module, names=[alias]):
                name = f"{module}.{alias.name}".removesuffix(".*")
                self.names.see(self.names.ref(name), node)
                self._import(alias.asname or alias.name, name, scope)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value, scope, sure=True)
            case ast.AnnAssign(target=target, annotation=note, value=ast.expr() as value):
                self._value(note, scope)
                self._bind(target, value, scope, sure=True)
            case ast.AugAssign(target=target, value=value):
                self._bind(target, value, scope)
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                self._store(target, self._value(value, scope), scope)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    values = self._value(item.context_expr, scope)
                    self._store(item.optional_vars, values, scope, sure=True)
            case ast.Return(value=ast.expr() as value) if scope:
                self._return(self._value(value, scope), scope)
            case _:
                values = self._values(syntax.head(node), scope)
                name = syntax.changed_by(node)
                if name and name not in self._imported:
                    self.names.assign(name, values, scope)

    def _import(self, bound: str, name: str, scope: Scope | None) -> None:
        if scope is None:
            self._imported.add(bound)
        self.names.assign(bound, self.names.ref(name), scope, sure=bound != "*")

    def _return(self, values: set, scope: Scope) -> None:
        while scope.parent and not isinstance(scope.node, syntax.FUNCTIONS):
            scope = scope.parent
        self.names.grow(self.names.returns[scope.node], values)

    def _bind(self, target, value: ast.expr, scope: Scope | None, sure: bool = False) -> None:
        """Assign, item by item where both sides are written out."""
        both = isinstance(target, SEQUENCES) and isinstance(value, SEQUENCES)
        if both and len(target.elts) == len(value.elts):
            for one, other in zip(target.elts, value.elts, strict=True):
                self._bind(one, other, scope, sure)
        else:
            self._store(target, self._value(value, scope), scope, sure)

    def _store(self, target, values: set, scope: Scope | None, sure: bool = False) -> None:
        match target:
            case ast.Name(id=name):
                self.names.assign(name, values, scope, sure)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for each in targets:
                    self._store(each, values, scope, sure)
            case ast.Starred(value=inner):
                self._store(inner, values, scope, sure)
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                self._value(inner, scope)
                if isinstance(target, ast.Attribute):
                    self.names.grow(self.names.fields[target.attr], values)
                if name := syntax.root(inner):
                    self.names.assign(name, values, scope)

    def _inner(self, node: ast.AST, parent: Scope | None, local: set[str]) -> Scope:
        if parent and isinstance(parent.node, ast.ClassDef) and isinstance(node, syntax.FUNCTIONS):
            parent = parent.parent  # methods do not see the names of their class
        return self._scopes.setdefault(node, Scope(node, parent, local))

    def _function(self, node: ast.AST, scope: Scope | None) -> set:
        """Read the head of a function or lambda, put its body by; its value is the node itself."""
        inner = self._inner(node, scope, syntax.local_names(node))
        for parameter, default in syntax.defaults(node):
            self.names.grow(inner.names[parameter.arg], self._values([default], scope))
        notes = [parameter.annotation for parameter in syntax.parameters(node)]
        self._values([*notes, getattr(node, "returns", None)], scope)
        self._bodies.append((self.names.row, inner))
        return {node}

    def _class(self, node: ast.ClassDef, scope: Scope | None) -> set:
        inner = self._inner(node, scope, syntax.local_names(node))
        self._values([*node.bases, *(each.value for each in node.keywords)], scope)
        self._body(node, inner)
        for name, values in inner.names.items():
            self.names.grow(self.names.fields[name], values)
        return {node}

    def _values(self, nodes: Iterable, scope: Scope | None) -> set:
        found = (self._value(node, scope) for node in nodes if isinstance(node, ast.expr))
        return set().union(*found)

    def _value(self, node: ast.expr, scope: Scope | None) -> set:
        """Give the values that an expression may have; a container counts as its items."""
        match node:
            case ast.Constant(value=str() as text):
                return {Text(text)}
            case ast.JoinedStr(values=parts):
                parts = [p.value if isinstance(p, ast.FormattedValue) else p for p in parts]
                return self.names.join("", [self._value(part, scope) for part in parts])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                values = [self._value(left, scope), self._value(right, scope)]
                both = set().union(*values)  # of two lists, perhaps
                return self.names.join("", values) | both - only(Text, both)
            case ast.Name(id=name):
                found = self.names.look_up(name, scope)
            case ast.Attribute():
                found = self._attribute(node, scope)
            case ast.Call():
                found = self._call(node, scope)
            case ast.Subscript():
                found = self._subscript(node, scope)
            case ast.NamedExpr(target=target, value=value):
                found = self._value(value, scope)
                self._store(target, found, scope)
            case ast.Lambda():
                found = self._function(node, scope)
            case ast.Yield(value=ast.expr() as value) | ast.YieldFrom(value=value) if scope:
                found = self._value(value, scope)
                self._return(found, scope)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                found = self._comprehension(node, scope)
            case _:
                found = self._values(ast.iter_child_nodes(node), scope)
        return self.names.see(found, node)

    def _comprehension(self, node: ast.expr, scope: Scope | None) -> set:
        targets = [part.target for part in node.generators]
        inner = self._inner(node, scope, syntax.stored(targets))
        for part in node.generators:
            self._store(part.target, self._value(part.iter, inner), inner)
            self._values(part.ifs, inner)
        return self._values(ast.iter_child_nodes(node), inner)

    def _subscript(self, node: ast.Subscript, scope: Scope | None) -> set:
        found, keys = self._value(node.value, scope), self._value(node.slice, scope)
        if not only(Text, keys) and not isinstance(node.slice, (ast.Constant, ast.Slice)):
            self.names.see(found, node, computed=True)
        if isinstance(node.slice, ast.Slice):  # a piece of a string is not that string
            found = found - only(Text, found)
        return found | self.names.meet(found, keys, scope)

    def _attribute(self, node: ast.Attribute, scope: Scope | None) -> set:
        base = self._value(node.value, scope)
        found = self.names.meet(base, {Text(node.attr)}, scope) | self.names.fields[node.attr]
        if node.attr in DOORS | NAMESPACES:
            found |= only(Ref, base)
        return found | self._namespaces({node.attr}, node)

    def _namespaces(self, words: set[str], node: ast.expr) -> set:
        self.names.see({Ref(f"builtins.{word}") for word in words & NAMESPACES}, node)
        return self.names.ref("__main__") if words & NAMESPACES else set()

    def _call(self, node: ast.Call, scope: Scope | None) -> set:
        callee = self._value(node.func, scope)
        passed = self._values([*node.args, *(each.value for each in node.keywords)], scope)
        names = {ref.name for ref in only(Ref, callee)}
        if names & OWN_NAMES and not (node.args or node.keywords):
            return {Ref("__main__")}
        found = self._hand(callee, passed)
        if only(ast.AST, callee) and not names:
            return found
        attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if attribute == "join" and node.args and isinstance(node.args[0], SEQUENCES):
            parts = [self._value(part, scope) for part in node.args[0].elts]
            for glue in only(Text, self._value(node.func.value, scope)):
                found |= self.names.join(glue.value, parts)
            return found
        # A thing and a name in one call: getattr, attrgetter, vars(m).get, ... all look it up.
        texts = only(Text, passed | callee)
        found |= self._namespaces({text.value for text in texts}, node)
        looks_up = attribute in DOORS or "builtins.getattr" in names  # partial(getattr, m)("x")
        things = only(Ref, passed | callee if looks_up else passed)
        things &= {Ref("sys.modules")} if attribute == "copy" else things  # it takes no name
        if names & IMPORTERS:
            found |= self.names.modules(texts)
            things.add(Ref("sys.modules"))
        if not texts:
            self.names.see(things, node, computed=True)
        if "builtins.setattr" in names:
            for text in texts:
                self.names.grow(self.names.fields[text.value], passed)
        return found | passed | self.names.meet(things, texts, scope)

    def _hand(self, callee: set, passed: set) -> set:
        """Hand arguments to the student's own functions; give what they may return."""
        found = set()
        for made in only(ast.AST, callee):
            for function in made.body if isinstance(made, ast.ClassDef) else [made]:
                if isinstance(function, syntax.FUNCTIONS) and function in self._scopes:
                    for parameter in syntax.parameters(function):
                        self.names.grow(self._scopes[function].names[parameter.arg], passed)
            found |= self.names.returns[made]
        return found
