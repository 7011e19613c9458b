"""Kernels as Python calls them; the functions of the processor that they may use."""

import struct
import sys
from collections.abc import Callable
from ctypes import c_uint64
from pathlib import Path
from typing import Any

import numpy as np

from outcross.errors import FaultError
from outcross.kernels.compiler.expressions import Intrinsic, Part, unsigned
from outcross.kernels.compiler.types import DTYPES, F64, I64, U64, Array, Number, Scalar, Signature, Type, Value, View
from outcross.kernels.compiler.writing import Writer


class Kernel:
    """A kernel: called from Python, its compiled code runs, without Python's lock.

    Args:
        function: the loops.
        signature: see `types.Signature`.
    """

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        self.function = function
        self.signature = Signature(signature)
        self.name = function.__name__
        self.__doc__ = function.__doc__
        library(function.__module__).kernels[self.name] = self
        self._run: Callable[[Any], None] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Run it.

        Raises:
            FaultError: an argument is not of the type that the signature has.
        """
        if self._run is None:
            self._run = library(self.function.__module__).load().entry(self.name)
        given: list[int] = []
        try:
            _flatten(arguments, self.signature.arguments, given)
        except (TypeError, ValueError, AttributeError) as error:
            raise FaultError(f"The kernel {self.name} takes ({self.signature.text}): {error}") from None
        block = (c_uint64 * max(len(given), 1))(*given)
        self._run(block)
        if self.signature.result is None:
            return None
        return _result(block[0], self.signature.result)


def _flatten(arguments: Any, types: tuple[Type, ...], given: list[int]) -> None:
    """The arguments as numbers of 64 bits: for an array where it lies and its sizes."""
    for value, kind in zip(arguments, types, strict=True):
        if isinstance(kind, tuple):
            _flatten(value, kind, given)
        elif isinstance(kind, Array):
            _check(value, kind)
            given.append(value.__array_interface__["data"][0])
            given.extend(value.shape)
        elif kind == F64:
            given.append(struct.unpack("<Q", struct.pack("<d", value))[0])
        else:
            given.append(int(value) & 0xFFFFFFFFFFFFFFFF)


def _check(value: Any, kind: Array) -> None:
    """That an array is what a kernel takes: there are no checks inside."""
    fits = len(value.shape) == len(kind.sizes) and all(
        size in (None, there) for size, there in zip(kind.sizes, value.shape, strict=True)
    )
    if not fits or DTYPES.get(value.dtype) != kind.element or not value.flags.c_contiguous:
        raise ValueError(f"here is a {value.dtype} array of {value.shape}")


def _result(bits: int, kind: Scalar) -> float:
    if kind == F64:
        return float(struct.unpack("<d", struct.pack("<Q", bits))[0])
    return bits - (1 << 64) if kind == I64 and bits >> 63 else bits


class Library:
    """The kernels of one module, which are compiled together and kept in one file.

    Args:
        module: its name.
    """

    def __init__(self, module: str) -> None:
        self.module = module
        self.kernels: dict[str, Kernel] = {}

    @property
    def source(self) -> Path:
        """The file of the module."""
        return Path(str(sys.modules[self.module].__file__))

    def load(self) -> Any:
        """The compiled code of all its kernels: from the cache, or compiled now."""
        from outcross.kernels.compiler import machine  # noqa: PLC0415 - LLVM comes in with the first call

        return machine.loaded(self)

    def is_kept(self) -> bool:
        """Whether they have been compiled on this machine."""
        from outcross.kernels.compiler import machine  # noqa: PLC0415 - as above

        return machine.kept_in(self).is_file()


_LIBRARIES: dict[str, Library] = {}


def library(module: str) -> Library:
    """The library of a module, by its name."""
    return _LIBRARIES.setdefault(module, Library(module))


def kernel(signature: str) -> Callable[[Callable[..., Any]], Kernel]:
    """Make a function a kernel (decorator)."""
    return lambda function: Kernel(function, signature)


def part(function: Callable[..., Any]) -> Part:
    """Make a function a part of kernels (decorator)."""
    return Part(function)


def _write_load64(writer: Writer, arguments: list[Value]) -> Number:
    view, index = arguments
    if not isinstance(view, View) or not isinstance(index, Number):
        raise FaultError("load64 takes an array and a place.")
    return Number(U64, writer.op(f"load i64, ptr {writer.address(view, [index])}, align 1"))


def _load64(array: Any, index: int) -> Any:
    return np.frombuffer(array[index : index + 8].tobytes(), "<u8")[0]


load64 = Intrinsic(_write_load64, _load64)
"""Eight bytes of a uint8 array at any place, little-endian."""


def _write_any64(writer: Writer, arguments: list[Value]) -> Number:
    view, index, wanted = arguments
    if not isinstance(view, View) or not isinstance(index, Number) or not isinstance(wanted, Number):
        raise FaultError("any64 takes an array, a place and bits.")
    those = ", ".join([f"i8 {wanted.code}"] * 64)
    loaded = writer.op(f"load <64 x i8>, ptr {writer.address(view, [index])}, align 1")
    there = writer.op(f"and <64 x i8> {loaded}, <{those}>")
    return Number(
        U64, writer.op(f"bitcast <64 x i1> {writer.op(f'icmp ne <64 x i8> {there}, zeroinitializer')} to i64")
    )


def _any64(array: Any, index: int, wanted: int) -> Any:
    return np.packbits((array[index : index + 64] & wanted) != 0, bitorder="little").view("<u8")[0]


any64 = Intrinsic(_write_any64, _any64)
"""Of 64 bytes at any place of a uint8 array, a bit for each that has any of these bits, written as a number."""


def _write_prefetch(writer: Writer, arguments: list[Value]) -> None:
    view, row = arguments
    if not isinstance(view, View) or not isinstance(row, Number):
        raise FaultError("prefetch takes an array and a row.")
    writer.intrinsics.add("declare void @llvm.prefetch.p0(ptr, i32, i32, i32)")
    writer.do(f"call void @llvm.prefetch.p0(ptr {writer.address(view, [row])}, i32 1, i32 3, i32 1)")


prefetch = Intrinsic(_write_prefetch, lambda array, row: None)
"""Ask for a row of an array, which is needed soon."""


def _write_trailing_zeros(writer: Writer, arguments: list[Value]) -> Number:
    word = unsigned(arguments[0])
    writer.intrinsics.add("declare i64 @llvm.cttz.i64(i64, i1)")
    return Number(U64, writer.op(f"call i64 @llvm.cttz.i64(i64 {word.code}, i1 true)"))


def _trailing_zeros(word: Any) -> Any:
    return np.uint64((int(word) & -int(word)).bit_length() - 1)


trailing_zeros = Intrinsic(_write_trailing_zeros, _trailing_zeros)
"""How many zero bits a word that is not zero ends in."""


def _write_count_ones(writer: Writer, arguments: list[Value]) -> Number:
    word = unsigned(arguments[0])
    writer.intrinsics.add("declare i64 @llvm.ctpop.i64(i64)")
    return Number(U64, writer.op(f"call i64 @llvm.ctpop.i64(i64 {word.code})"))


count_ones = Intrinsic(_write_count_ones, lambda word: np.uint64(int(word).bit_count()))
"""How many bits of a word are set."""
