"""The types of kernels, the values that have them, and signatures."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from outcross.errors import FaultError


@dataclass(frozen=True)
class Scalar:
    """A number.

    Attributes:
        name: as in signatures, "u8".
        bits: its size.
        kind: what it is.
    """

    name: str
    bits: int
    kind: Literal["bool", "unsigned", "signed", "float"]

    @property
    def ir(self) -> str:
        """LLVM's name of it."""
        return {"f64": "double", "f32": "float"}.get(self.name, f"i{self.bits}")

    @property
    def stored(self) -> str:
        """LLVM's name of it in an array, where a truth value takes a byte."""
        return "i8" if self.kind == "bool" else self.ir


BOOL = Scalar("bool", 1, "bool")
I64, U64, F64 = Scalar("i64", 64, "signed"), Scalar("u64", 64, "unsigned"), Scalar("f64", 64, "float")
SCALARS: dict[str, Scalar] = {
    one.name: one
    for one in (
        BOOL, I64, U64, F64, Scalar("i8", 8, "signed"), Scalar("u8", 8, "unsigned"), Scalar("u16", 16, "unsigned"),
        Scalar("i32", 32, "signed"), Scalar("u32", 32, "unsigned"), Scalar("f32", 32, "float"),
    )
}  # fmt: skip
DTYPES: dict[np.dtype[np.generic], Scalar] = {
    np.dtype({"b": "?", "u": f"u{one.bits // 8}", "i": f"i{one.bits // 8}", "f": f"f{one.bits // 8}"}[one.name[0]]): one
    for one in SCALARS.values()
}


@dataclass(frozen=True)
class Array:
    """An array, C-contiguous.

    Attributes:
        element: what it holds.
        sizes: of each dimension, where the signature fixes it; else None.
    """

    element: Scalar
    sizes: tuple[int | None, ...]


Type: TypeAlias = "Scalar | Array | tuple[Type, ...]"


@dataclass(frozen=True)
class Number:
    """A number in LLVM's code; one that is written in a kernel as it is (`literal`) takes the type of what it meets."""

    type: Scalar
    code: str
    literal: int | None = None


@dataclass(frozen=True)
class View:
    """An array in LLVM's code: where its data begin, and its sizes as numbers."""

    element: Scalar
    data: str
    sizes: tuple[str, ...]


Value: TypeAlias = "Number | View | tuple[Value, ...]"


def leaves(value: Value) -> list[tuple[str, str]]:
    """All that a value is made of, as LLVM's types and code."""
    if isinstance(value, Number):
        return [(value.type.ir, value.code)]
    if isinstance(value, View):
        return [("ptr", value.data), *(("i64", size) for size in value.sizes)]
    return [leaf for one in value for leaf in leaves(one)]


def rebuilt(like: Value, next_code: Callable[[], str]) -> Value:
    """A value like another, of other leaves; a size that is fixed stays as it is."""
    if isinstance(like, Number):
        return Number(like.type, next_code())
    if isinstance(like, View):
        data, codes = next_code(), [next_code() for _ in like.sizes]
        sizes = (fixed if fixed.isdigit() else code for fixed, code in zip(like.sizes, codes, strict=True))
        return View(like.element, data, tuple(sizes))
    return tuple(rebuilt(one, next_code) for one in like)


_TOKEN = re.compile(r"\(|\)|\w+(?:\[[\d,]*\])?")


@dataclass(frozen=True)
class Signature:
    """The types of a kernel's arguments and of what it returns, as written: "u8[] (i64[] u64[,2]) f64 -> i64"."""

    text: str

    @cached_property
    def arguments(self) -> tuple[Type, ...]:
        """The type of each argument."""
        written = self.text.partition("->")[0]
        tokens = _TOKEN.findall(written)
        whole = "".join(tokens) == "".join(written.split()) and tokens.count("(") == tokens.count(")")
        found = _group(tokens)
        if tokens or not whole:
            raise FaultError(f"This is no signature of a kernel: {self.text}.")
        return found

    @cached_property
    def result(self) -> Scalar | None:
        """The type of what is returned."""
        name = self.text.partition("->")[2].strip()
        return _scalar(name) if name else None


def _group(tokens: list[str]) -> tuple[Type, ...]:
    """The types up to the end or a closing bracket, which are taken off the tokens."""
    found: list[Type] = []
    while tokens:
        word = tokens.pop(0)
        if word == ")":
            break
        found.append(_group(tokens) if word == "(" else _plain(word))
    return tuple(found)


def _scalar(name: str) -> Scalar:
    if name not in SCALARS:
        raise FaultError(f"Kernels have no type {name!r}.")
    return SCALARS[name]


def _plain(word: str) -> Type:
    name, bracket, sizes = word.rstrip("]").partition("[")
    if not bracket:
        return _scalar(name)
    return Array(_scalar(name), tuple(int(one) if one else None for one in sizes.split(",")))
