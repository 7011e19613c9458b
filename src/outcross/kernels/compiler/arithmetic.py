"""What operators do, and which type comes of two."""

import ast

from outcross.errors import FaultError
from outcross.kernels.compiler.types import BOOL, F64, I64, U64, Number, Scalar
from outcross.kernels.compiler.writing import Writer

_WHOLE: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
    ast.LShift: "shl",
}  # fmt: skip
_REAL: dict[type[ast.operator], str] = {ast.Add: "fadd", ast.Sub: "fsub", ast.Mult: "fmul", ast.Div: "fdiv"}
_ORDER: dict[type[ast.cmpop], str] = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
_BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor)


def met(one: Number, other: Number) -> Scalar:
    """The type in which two numbers meet: small whole numbers become 64 bits long."""
    if one.literal is not None or other.literal is not None:
        plain = other.type if one.literal is not None else one.type
        return F64 if plain.kind == "float" else U64 if plain == U64 else I64
    kinds = {one.type.kind, other.type.kind}
    if "float" in kinds:
        return one.type if one.type == other.type else F64
    if kinds <= {"unsigned", "bool"}:
        return U64 if "unsigned" in kinds else I64
    if U64 in (one.type, other.type):
        raise FaultError("A signed and an unsigned number of 64 bits meet: cast one.")
    return I64


def binary(writer: Writer, operator: ast.operator, one: Number, other: Number) -> Number:
    """One number by an operator with another."""
    kind = type(operator)
    if one.type == other.type == BOOL and kind in _BITWISE:
        return Number(BOOL, writer.op(f"{_WHOLE[kind]} i1 {one.code}, {other.code}"))
    shared = met(one, other)
    if kind is ast.Div and shared.kind != "float":
        shared = F64
    first, second = writer.cast(one, shared), writer.cast(other, shared)
    if kind in (ast.FloorDiv, ast.Mod):
        return _floored(writer, kind, first, second)
    if kind is ast.Pow:
        return _power(writer, first, other)
    return Number(shared, writer.op(f"{_instruction(kind, shared)} {shared.ir} {first.code}, {second.code}"))


def _instruction(kind: type[ast.operator], shared: Scalar) -> str:
    if kind is ast.RShift:
        return "ashr" if shared.kind == "signed" else "lshr"
    table = _REAL if shared.kind == "float" else _WHOLE
    if kind not in table:
        raise FaultError(f"Kernels have no {kind.__name__} of {shared.name}.")
    return table[kind]


def _floored(writer: Writer, kind: type[ast.operator], one: Number, other: Number) -> Number:
    """The quotient, or the remainder, rounded down as in Python."""
    shared = one.type
    if shared.kind == "float":
        raise FaultError("Kernels divide real numbers by / only.")
    sign = "s" if shared.kind == "signed" else "u"
    rest = writer.op(f"{sign}rem i64 {one.code}, {other.code}")
    quotient = writer.op(f"{sign}div i64 {one.code}, {other.code}")
    if sign == "u":
        return Number(shared, rest if kind is ast.Mod else quotient)
    # Rounded to zero by the processor: one less where there is a rest and the signs differ.
    there = writer.op(f"icmp ne i64 {rest}, 0")
    differ = writer.op(f"icmp slt i64 {writer.op(f'xor i64 {one.code}, {other.code}')}, 0")
    lower = writer.op(f"and i1 {there}, {differ}")
    if kind is ast.Mod:
        moved = writer.op(f"add i64 {rest}, {other.code}")
        return Number(shared, writer.op(f"select i1 {lower}, i64 {moved}, i64 {rest}"))
    return Number(shared, writer.op(f"sub i64 {quotient}, {writer.op(f'zext i1 {lower} to i64')}"))


def _power(writer: Writer, base: Number, exponent: Number) -> Number:
    """A number to a small power that is written in the code."""
    if exponent.literal is None or not 1 <= exponent.literal <= 3:
        raise FaultError("Kernels have powers of 2 and 3 only.")
    found = base
    for _ in range(exponent.literal - 1):
        found = binary(writer, ast.Mult(), found, base)
    return found


def compare(writer: Writer, operator: ast.cmpop, one: Number, other: Number) -> Number:
    """Whether a number is to another as the operator says."""
    shared = one.type if one.type == other.type and not one.literal else met(one, other)
    first, second = writer.cast(one, shared), writer.cast(other, shared)
    kind = type(operator)
    if shared.kind == "float":
        test = f"fcmp o{_ORDER[kind]}" if kind in _ORDER else "fcmp oeq" if kind is ast.Eq else "fcmp une"
    elif kind in _ORDER:
        test = f"icmp {'s' if shared.kind == 'signed' else 'u'}{_ORDER[kind]}"
    else:
        test = "icmp eq" if kind is ast.Eq else "icmp ne"
    return Number(BOOL, writer.op(f"{test} {shared.ir} {first.code}, {second.code}"))


def choose(writer: Writer, condition: Number, one: Number, other: Number) -> Number:
    """One of two numbers."""
    shared = one.type if one.type == other.type else met(one, other)
    first, second = writer.cast(one, shared), writer.cast(other, shared)
    ir = shared.ir
    return Number(shared, writer.op(f"select i1 {condition.code}, {ir} {first.code}, {ir} {second.code}"))


def assigned(writer: Writer, value: Number, to: Scalar) -> Number:
    """A number for a variable of another type, if it surely fits."""
    fits = (
        value.literal is not None
        or value.type in (to, BOOL)
        or to == F64
        or (value.type.bits < to.bits and to.kind == "signed" and value.type.kind != "float")
        or (value.type.bits < to.bits and (value.type.kind, to.kind) == ("unsigned", "unsigned"))
    )
    if not fits:
        raise FaultError(f"A variable of type {to.name} is given a {value.type.name}: cast it.")
    return writer.cast(value, to)
