"""Translates expressions of kernels."""

import ast
import builtins
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from outcross.errors import FaultError
from outcross.kernels.compiler import arithmetic
from outcross.kernels.compiler.types import BOOL, DTYPES, F64, I64, U64, Number, Value, View
from outcross.kernels.compiler.writing import Writer, constant, literal, real

MATHEMATICS: dict[Any, str] = {
    math.lgamma: "lgamma", math.exp: "llvm.exp.f64", math.log: "llvm.log.f64", np.log: "llvm.log.f64",
    np.sqrt: "llvm.sqrt.f64",
}  # fmt: skip
"""What kernels may call of mathematics, by LLVM's names."""


@dataclass(frozen=True)
class Part:
    """A function of kernels, put in place where it is called; called from Python, it is Python."""

    function: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        """What the function returns in Python."""
        return self.function(*arguments)


@dataclass(frozen=True)
class Intrinsic:
    """A function that Python has no operator for: what it writes, and the same in Python."""

    write: Callable[[Writer, list[Value]], Number | None]
    function: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        """What the function returns in Python."""
        return self.function(*arguments)


class Expressions:
    """Expressions of one function.

    Args:
        writer: takes the code.
        known: the globals of the function.
        tables: arrays that belong to the code, by LLVM's name.
    """

    def __init__(self, writer: Writer, known: dict[str, Any], tables: dict[str, Any]) -> None:
        self.writer = writer
        self.known = known
        self.tables = tables
        self.scope: dict[str, tuple[Value, list[str]]] = {}

    def inline(self, part: Part, arguments: list[Value]) -> "Value | None":
        """What a part returns."""
        raise NotImplementedError

    def value(self, node: ast.expr) -> Value:
        """The value of an expression."""
        found: Value = getattr(self, f"_{type(node).__name__.lower()}", self.unknown)(node)
        return found

    def unknown(self, node: ast.AST) -> Any:
        """Refuse what kernels do not have."""
        raise FaultError(f"Kernels have no {type(node).__name__}.")

    def number(self, node: ast.expr) -> Number:
        """The value of an expression that is a number."""
        found = self.value(node)
        if not isinstance(found, Number):
            raise FaultError(f"This is not a number: {ast.unparse(node)}.")
        return found

    def view(self, node: ast.expr) -> View:
        """The value of an expression that is an array."""
        found = self.value(node)
        if not isinstance(found, View):
            raise FaultError(f"This is not an array: {ast.unparse(node)}.")
        return found

    def known_value(self, node: ast.expr) -> Any:
        """What a name, perhaps dotted, stands for in the module; None where it is a variable."""
        if isinstance(node, ast.Attribute):
            owner = self.known_value(node.value)
            return None if owner is None else getattr(owner, node.attr, None)
        if not isinstance(node, ast.Name) or node.id in self.scope:
            return None
        return self.known.get(node.id, getattr(builtins, node.id, None))

    # What is written as it is.

    def _constant(self, node: ast.Constant) -> Value:
        return self._from_python(node.value)

    def _from_python(self, value: Any) -> Value:
        """A value that the module holds, or that is written in the code."""
        if isinstance(value, bool | np.bool_):
            return constant(int(value), BOOL)
        if isinstance(value, int):
            return literal(value)
        if isinstance(value, float):
            return real(value)
        if isinstance(value, np.generic):
            return constant(value.item(), DTYPES[value.dtype])
        if isinstance(value, np.ndarray):
            name = f"@t{len(self.tables)}"
            name = next((known for known, one in self.tables.items() if one is value), name)
            self.tables[name] = value
            return View(DTYPES[value.dtype], name, tuple(map(str, value.shape)))
        raise FaultError(f"Kernels cannot use {value!r}.")

    def _name(self, node: ast.Name) -> Value:
        if node.id in self.scope:
            return self.writer.load(*self.scope[node.id])
        if node.id not in self.known:
            raise FaultError(f"Nothing is called {node.id} here.")
        return self._from_python(self.known[node.id])

    def _tuple(self, node: ast.Tuple) -> Value:
        return tuple(self.value(one) for one in node.elts)

    # Operators.

    def _binop(self, node: ast.BinOp) -> Value:
        return arithmetic.binary(self.writer, node.op, self.number(node.left), self.number(node.right))

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        found = self.number(node.operand)
        if isinstance(node.op, ast.Not):
            return Number(BOOL, self.writer.op(f"xor i1 {self.writer.truth(found).code}, true"))
        if isinstance(node.op, ast.USub) and found.literal is not None:
            return literal(-found.literal)
        zero, ones = constant(0, found.type), constant(-1, found.type)
        if isinstance(node.op, ast.Invert):
            return arithmetic.binary(self.writer, ast.BitXor(), found, ones)
        return arithmetic.binary(self.writer, ast.Sub(), zero, found)

    def _compare(self, node: ast.Compare) -> Value:
        """A comparison; of a chain all are looked at, since they change nothing."""
        values = [self.number(one) for one in (node.left, *node.comparators)]
        found = arithmetic.compare(self.writer, node.ops[0], values[0], values[1])
        for place, operator in enumerate(node.ops[1:], 1):
            further = arithmetic.compare(self.writer, operator, values[place], values[place + 1])
            found = arithmetic.binary(self.writer, ast.BitAnd(), found, further)
        return found

    def _boolop(self, node: ast.BoolOp) -> Value:
        """`and` and `or`: what comes later is looked at only where it decides."""
        slot, end = [self.writer.slot("i1")], self.writer.label()
        for place, one in enumerate(node.values):
            found = self.writer.truth(self.number(one))
            self.writer.store(found, slot)
            if place + 1 < len(node.values):
                going_on = self.writer.label()
                if isinstance(node.op, ast.Or):
                    found = Number(BOOL, self.writer.op(f"xor i1 {found.code}, true"))
                self.writer.branch(found, going_on, end)
        self.writer.begin(end)
        return self.writer.load(Number(BOOL, ""), slot)

    def _ifexp(self, node: ast.IfExp) -> Value:
        """One of two values, both of which are looked at unless they are more than a number or a name."""
        condition = self.writer.truth(self.number(node.test))
        return arithmetic.choose(self.writer, condition, self.number(node.body), self.number(node.orelse))

    # Arrays.

    def _attribute(self, node: ast.Attribute) -> Value:
        known = self.known_value(node)
        if known is not None and not callable(known):
            return self._from_python(known)
        view = self.view(node.value)
        if node.attr == "shape":
            return tuple(Number(I64, size) for size in view.sizes)
        if node.attr != "size" or len(view.sizes) != 1:
            raise FaultError(f"Arrays of kernels have no {node.attr}, or not in so many dimensions.")
        return Number(I64, view.sizes[0])

    def _subscript(self, node: ast.Subscript) -> Value:
        found = self.value(node.value)
        if isinstance(found, tuple):
            place = self.number(node.slice).literal
            if place is None:
                raise FaultError("Which member of a tuple is asked for must be written in the code.")
            return found[place]
        if isinstance(found, Number):
            raise FaultError(f"A number has no members: {ast.unparse(node)}.")
        if isinstance(node.slice, ast.Slice):
            return self._sliced(found, node.slice)
        indices = self.indices(node.slice)
        if len(indices) == len(found.sizes):
            return self.writer.element(found, indices)
        return View(found.element, self.writer.address(found, indices), found.sizes[len(indices) :])

    def indices(self, node: ast.expr) -> list[Number]:
        """The indices in a subscript; a further dimension taken whole adds none."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        return [self.number(one) for one in parts if not isinstance(one, ast.Slice)]

    def _sliced(self, view: View, node: ast.Slice) -> View:
        """Some of an array of one dimension."""
        first = literal(0) if node.lower is None else self.number(node.lower)
        end = Number(I64, view.sizes[0]) if node.upper is None else self.number(node.upper)
        size = arithmetic.binary(self.writer, ast.Sub(), end, first)
        return View(view.element, self.writer.address(view, [first]), (self.writer.cast(size, I64).code,))

    # Calls.

    def _call(self, node: ast.Call) -> Value:
        found = self.called(node)
        if found is None:
            raise FaultError(f"This gives nothing: {ast.unparse(node)}.")
        return found

    def called(self, node: ast.Call) -> "Value | None":
        """What a call returns, if anything."""
        function = self.known_value(node.func)
        arguments = [self.value(one) for one in node.args]
        if isinstance(function, Part):
            return self.inline(function, arguments)
        if isinstance(function, Intrinsic):
            return function.write(self.writer, arguments)
        numbers = [one for one in arguments if isinstance(one, Number)]
        if isinstance(function, type) and issubclass(function, np.generic):
            return self.writer.cast(numbers[0], DTYPES[np.dtype(function)])
        if function in (min, max):
            return self._extreme(function is min, numbers)
        if function is abs:
            return self.writer.call("llvm.fabs.f64", F64, numbers[0])
        if function in MATHEMATICS:
            return self.writer.call(MATHEMATICS[function], F64, self.writer.cast(numbers[0], F64))
        raise FaultError(f"Kernels cannot call {ast.unparse(node.func)}.")

    def _extreme(self, smallest: bool, numbers: list[Number]) -> Number:
        one, other = numbers
        order = ast.Lt() if smallest else ast.Gt()
        return arithmetic.choose(self.writer, arithmetic.compare(self.writer, order, one, other), one, other)


def unsigned(value: Value) -> Number:
    """An argument that must be an unsigned number of 64 bits."""
    if not isinstance(value, Number) or value.type != U64:
        raise FaultError("An unsigned number of 64 bits is needed here.")
    return value
