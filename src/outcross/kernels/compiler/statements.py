"""Translates statements of kernels, and puts parts in place."""

import ast
import inspect
import textwrap
from functools import cache
from typing import Any, cast

from outcross.errors import FaultError
from outcross.kernels.compiler import arithmetic
from outcross.kernels.compiler.expressions import Expressions, Part
from outcross.kernels.compiler.types import I64, Number, Value, View, leaves
from outcross.kernels.compiler.writing import Writer, literal


@cache
def source_of(function: Any) -> ast.FunctionDef:
    """The syntax of a function."""
    made = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(made, ast.FunctionDef):
        raise FaultError("A kernel is a function.")
    return made


class Body(Expressions):
    """The body of one function, where it is put.

    Args:
        writer: takes the code.
        function: the function.
        tables: arrays that belong to the code.
    """

    def __init__(self, writer: Writer, function: Any, tables: dict[str, Any]) -> None:
        super().__init__(writer, function.__globals__, tables)
        self.function = function
        self.source = source_of(function)
        self.exit = writer.label()
        self.returned: tuple[Value, list[str]] | None = None
        self.loops: list[tuple[str, str]] = []
        self._turns: list[tuple[str, str, str]] = []

    def run(self, arguments: list[Value]) -> "Value | None":
        """Translate the function with these arguments; gives what it returns."""
        names = [one.arg for one in self.source.args.args]
        for name, value in zip(names, arguments, strict=True):
            self.bind(name, value)
        self.all(self.source.body)
        self.writer.begin(self.exit)
        return None if self.returned is None else self.writer.load(*self.returned)

    def inline(self, part: Part, arguments: list[Value]) -> "Value | None":
        """What a part returns, put in place."""
        return Body(self.writer, part.function, self.tables).run(arguments)

    def all(self, nodes: list[ast.stmt]) -> None:
        """Translate statements."""
        for node in nodes:
            method = getattr(self, f"_{type(node).__name__.lower()}", self.unknown)
            try:
                method(node)
            except FaultError as error:
                raise self._placed(error, node) from None

    def _placed(self, error: FaultError, node: ast.stmt) -> FaultError:
        """The same error, with the line where it is."""
        told = str(error)
        if told.startswith("In "):
            return error
        code = self.function.__code__
        line = code.co_firstlineno + node.lineno - 1
        return FaultError(f"In {code.co_filename}, line {line}: {told}")

    # Variables.

    def bind(self, name: str, value: Value) -> None:
        """Give a variable a value: its first one decides on its type."""
        if name not in self.scope:
            self.scope[name] = value, [self.writer.slot(kind) for kind, _ in leaves(value)]
        like, slots = self.scope[name]
        self.writer.store(self._fitting(value, like), slots)

    def _fitting(self, value: Value, like: Value) -> Value:
        """A value as one of the type of another."""
        if isinstance(value, Number) and isinstance(like, Number):
            return arithmetic.assigned(self.writer, value, like.type)
        if isinstance(value, tuple) and isinstance(like, tuple) and len(value) == len(like):
            return tuple(self._fitting(one, other) for one, other in zip(value, like, strict=True))
        if isinstance(value, View) and isinstance(like, View) and _alike(value, like):
            return value
        raise FaultError("A variable is given a value of another type.")

    def _assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.give(target, value)

    def give(self, target: ast.expr, value: Value) -> None:
        """Give a value to what stands left of `=`."""
        if isinstance(target, ast.Tuple) and isinstance(value, tuple):
            for one, member in zip(target.elts, value, strict=True):
                self.give(one, member)
        elif isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Subscript) and isinstance(value, Number):
            self._put(target, value)
        else:
            raise FaultError(f"This cannot be given a value: {ast.unparse(target)}.")

    def _put(self, target: ast.Subscript, value: Number) -> None:
        view = self.view(target.value)
        indices = [] if isinstance(target.slice, ast.Slice) else self.indices(target.slice)
        if len(indices) == len(view.sizes):
            self.writer.put(view, self.writer.address(view, indices), value)
            return
        self._fill(View(view.element, self.writer.address(view, indices), view.sizes[len(indices) :]), value)

    def _fill(self, view: View, value: Number) -> None:
        """Give all elements of an array one value."""
        size = Number(I64, view.sizes[0])
        for further in view.sizes[1:]:
            size = Number(I64, self.writer.op(f"mul i64 {size.code}, {further}"))
        flat = View(view.element, view.data, (size.code,))
        with_place = self._counting((literal(0), size, literal(1)))
        self.writer.put(flat, self.writer.address(flat, [with_place]), value)
        self._next()

    def _augassign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            old = self.number(node.target)
            self.bind(node.target.id, arithmetic.binary(self.writer, node.op, old, self.number(node.value)))
            return
        target = cast("ast.Subscript", node.target)
        view, indices = self.view(target.value), self.indices(target.slice)
        old = self.writer.element(view, indices)
        made = arithmetic.binary(self.writer, node.op, old, self.number(node.value))
        self.writer.put(view, self.writer.address(view, indices), made)

    # Ways through the code.

    def _expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.called(node.value)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            value = self.value(node.value)
            if self.returned is None:
                self.returned = value, [self.writer.slot(kind) for kind, _ in leaves(value)]
            like, slots = self.returned
            self.writer.store(self._fitting(value, like), slots)
        self.writer.jump(self.exit)

    def _if(self, node: ast.If) -> None:
        yes, no, end = self.writer.label(), self.writer.label(), self.writer.label()
        self.writer.branch(self.writer.truth(self.number(node.test)), yes, no)
        self.all(node.body)
        self.writer.jump(end)
        self.writer.begin(no)
        self.all(node.orelse)
        self.writer.begin(end)

    def _while(self, node: ast.While) -> None:
        again, inside, end = self.writer.label(), self.writer.label(), self.writer.label()
        self.writer.begin(again)
        self.writer.branch(self.writer.truth(self.number(node.test)), inside, end)
        self.loops.append((again, end))
        self.all(node.body)
        self.loops.pop()
        self.writer.jump(again)
        self.writer.begin(end)

    def _for(self, node: ast.For) -> None:
        view = None
        if isinstance(node.iter, ast.Call) and self.known_value(node.iter.func) is range:
            place = self._counting(self._range(node.iter))
        else:
            view = self.view(node.iter)
            place = self._counting((literal(0), Number(I64, view.sizes[0]), literal(1)))
        self.give(node.target, place if view is None else self.writer.element(view, [place]))
        self.all(node.body)
        self._next()

    def _range(self, node: ast.Call) -> tuple[Number, Number, Number]:
        """Where a range begins, where it ends, and its step."""
        given = [self.number(one) for one in node.args]
        begin, end = (literal(0), given[0]) if len(given) == 1 else given[:2]
        return begin, end, given[2] if len(given) > 2 else literal(1)

    def _counting(self, over: tuple[Number, Number, Number]) -> Number:
        """Begin a loop; gives the number that counts it, which `_next` raises."""
        begin, end, step = over
        kind = arithmetic.met(begin, end)
        slot = self.writer.slot("i64")
        self.writer.store(self.writer.cast(begin, kind), [slot])
        end = self.writer.cast(end, kind)
        again, inside, further, out = (self.writer.label() for _ in range(4))
        self.writer.begin(again)
        place = Number(kind, self.writer.op(f"load i64, ptr {slot}"))
        self.writer.branch(arithmetic.compare(self.writer, ast.Lt(), place, end), inside, out)
        self.loops.append((further, out))
        self._turns.append((slot, step.code, again))
        return place

    def _next(self) -> None:
        """End a loop that `_counting` began."""
        further, out = self.loops.pop()
        slot, step, again = self._turns.pop()
        self.writer.begin(further)
        place = self.writer.op(f"load i64, ptr {slot}")
        self.writer.do(f"store i64 {self.writer.op(f'add nsw i64 {place}, {step}')}, ptr {slot}")
        self.writer.jump(again)
        self.writer.begin(out)

    def _continue(self, node: ast.Continue) -> None:
        self.writer.jump(self.loops[-1][0])

    def _break(self, node: ast.Break) -> None:
        self.writer.jump(self.loops[-1][1])


def _alike(view: View, like: View) -> bool:
    """Whether an array may be where another was: a size that is fixed is the same."""
    sizes = zip(view.sizes, like.sizes, strict=False)
    fixed = all(one == other for one, other in sizes if other.isdigit())
    return fixed and view.element == like.element and len(view.sizes) == len(like.sizes)
