"""Our own modules with one check taken out: each function is compiled anew without it, and put back afterwards.

A check is an `if` that raises, or ends the function with nothing (as a whole, and each part of an `or`), a condition in
a look-up, a call of a function named `check_…` or `_check…`, and what an ID token is decoded with. Nothing on the disk
is touched.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

LOOK_UPS = frozenset({"filter", "_attempt"})
WHICH_ROW = frozenset({"pk"})  # names a row, forbids nothing
DECODING: dict[str, dict[str, Any]] = {  # what PyJWT checks by itself, and how to tell it not to
    "signature": {"verify_signature": False, "verify_exp": True, "verify_nbf": True, "verify_aud": True},
    "aud": {"verify_aud": False},
    "exp": {"verify_exp": False},
    "nbf": {"verify_nbf": False},
    "claims that have to be there": {"require": []},
}
Edit = Callable[[Any], None]


@dataclass(frozen=True)
class Mutant:
    """One function without one of its checks."""

    function: FunctionType
    line: int
    without: str
    code: CodeType

    @property
    def name(self) -> str:
        """For a person to find the place: the function, and the source of what is gone."""
        return f"{self.function.__name__} without {self.without}"

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The running program has no such check while the block lasts."""
        whole, self.function.__code__ = self.function.__code__, self.code
        try:
            yield
        finally:
            self.function.__code__ = whole


def mutants(module: ModuleType) -> list[Mutant]:
    """Every way to take one check out of the module's functions."""
    tree = ast.parse(inspect.getsource(module))
    return [
        mutant
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for mutant in _of_function(inspect.unwrap(vars(module)[node.name]), node)
    ]


def _line_of(node: ast.AST) -> int:
    assert isinstance(node, ast.expr | ast.stmt)
    return node.lineno


def _of_function(function: FunctionType, node: ast.FunctionDef) -> Iterator[Mutant]:
    node.decorator_list = []
    for number, inner in enumerate(ast.walk(node)):
        for without, edit in _edits(inner):
            changed = copy.deepcopy(node)
            edit(list(ast.walk(changed))[number])
            yield Mutant(function, _line_of(inner), without, _compiled(changed, function))


def _compiled(node: ast.FunctionDef, function: FunctionType) -> CodeType:
    """The function's code alone, with `from __future__ import annotations` as in its module."""
    outer = compile(ast.fix_missing_locations(ast.Module([node], [])), inspect.getsourcefile(function) or "", "exec")
    return next(each for each in outer.co_consts if isinstance(each, CodeType) and each.co_name == node.name)


def _edits(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """What can be taken out at this place, and how."""
    match node:
        case ast.If(test=test) if _refuses(node):
            yield ast.unparse(test), _never
            parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else []
            for number, part in enumerate(parts):
                yield ast.unparse(part), _without_part(number)
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))) if name.startswith(("_check", "check_")):
            yield ast.unparse(node), _nothing
        case ast.Call(func=ast.Attribute(attr="open"), args=[], keywords=[]):
            yield "open()", _all
        case ast.Call(func=ast.Attribute(attr="decode"), keywords=[_, *_]):
            for what, options in DECODING.items():
                yield what, _decoding(options)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in LOOK_UPS:
            for number, keyword in enumerate(node.keywords):
                if keyword.arg not in WHICH_ROW:
                    yield ast.unparse(keyword), _without_keyword(number)


def _refuses(node: ast.If) -> bool:
    """Whether it raises, or ends the function with nothing, None or False."""
    match node.body[-1]:
        case ast.Return(value=None | ast.Constant(value=None | False)):
            return True
    return any(isinstance(each, ast.Raise) for line in node.body for each in ast.walk(line))


def _never(node: ast.If) -> None:
    node.test = ast.Constant(False)


def _without_part(number: int) -> Edit:
    def edit(node: ast.If) -> None:
        assert isinstance(node.test, ast.BoolOp)
        del node.test.values[number]
        if len(node.test.values) == 1:
            node.test = node.test.values[0]

    return edit


def _nothing(node: ast.Expr) -> None:
    node.value = ast.Constant(None)


def _all(node: ast.Call) -> None:
    assert isinstance(node.func, ast.Attribute)
    node.func.attr = "all"


def _without_keyword(number: int) -> Edit:
    def edit(node: ast.Call) -> None:
        del node.keywords[number]

    return edit


def _decoding(options: dict[str, Any]) -> Edit:
    def edit(node: ast.Call) -> None:
        [given] = [keyword for keyword in node.keywords if keyword.arg == "options"]
        given.value = ast.parse(f"{{**({ast.unparse(given.value)}), **{options!r}}}", mode="eval").body

    return edit
