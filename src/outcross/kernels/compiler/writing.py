"""Writes LLVM's code, line by line."""

import struct

from outcross.kernels.compiler.types import BOOL, F64, I64, U64, Number, Scalar, Value, View, leaves, rebuilt


class Writer:
    """The code of one kernel as it grows.

    Whatever follows a jump goes to a block that nothing leads to, and LLVM drops it.
    """

    def __init__(self) -> None:
        self.slots: list[str] = []
        self.lines: list[str] = []
        self.intrinsics: set[str] = set()
        self._count = 0

    def name(self, kind: str) -> str:
        """A name that is not taken."""
        self._count += 1
        return f"{kind}{self._count}"

    def op(self, code: str) -> str:
        """Do something; gives the name of what comes of it."""
        name = "%" + self.name("v")
        self.lines.append(f"  {name} = {code}")
        return name

    def do(self, code: str) -> None:
        """Do something that nothing comes of."""
        self.lines.append(f"  {code}")

    def label(self) -> str:
        """The name of a block to come."""
        return self.name("b")

    def begin(self, label: str) -> None:
        """Begin a block; the one before leads to it."""
        self.do(f"br label %{label}")
        self.lines.append(f"{label}:")

    def jump(self, label: str) -> None:
        """Go to a block."""
        self.do(f"br label %{label}")
        self.lines.append(f"{self.label()}:")

    def branch(self, condition: Number, yes: str, no: str) -> None:
        """Go to one of two blocks; the first is begun."""
        self.do(f"br i1 {condition.code}, label %{yes}, label %{no}")
        self.lines.append(f"{yes}:")

    def call(self, function: str, result: Scalar, *arguments: Number) -> Number:
        """Call a function of LLVM's or of the system's mathematics."""
        kinds = ", ".join(one.type.ir for one in arguments)
        self.intrinsics.add(f"declare {result.ir} @{function}({kinds})")
        given = ", ".join(f"{one.type.ir} {one.code}" for one in arguments)
        return Number(result, self.op(f"call {result.ir} @{function}({given})"))

    # Variables: each leaf has a slot in memory, which LLVM turns into registers.

    def slot(self, kind: str) -> str:
        """Room for a leaf."""
        name = "%" + self.name("s")
        self.slots.append(f"  {name} = alloca {kind}")
        return name

    def store(self, value: Value, slots: list[str]) -> None:
        """Put a value into slots."""
        for (kind, code), slot in zip(leaves(value), slots, strict=True):
            self.do(f"store {kind} {code}, ptr {slot}")

    def load(self, like: Value, slots: list[str]) -> Value:
        """The value in slots that hold one like this."""
        codes = (
            self.op(f"load {kind}, ptr {slot}") for (kind, _), slot in zip(leaves(like), slots, strict=True)
        )  # fmt: skip
        return rebuilt(like, lambda: next(codes))

    # Elements of arrays.

    def address(self, view: View, indices: list[Number]) -> str:
        """Where an element, or a part that begins there, lies."""
        place = ""
        for dimension, size in enumerate(view.sizes):
            index = self.cast(indices[dimension], I64).code if dimension < len(indices) else "0"
            moved = self.op(f"mul i64 {place}, {size}") if place else ""
            place = self.op(f"add i64 {moved}, {index}") if moved else index
        return self.op(f"getelementptr inbounds {view.element.stored}, ptr {view.data}, i64 {place}")

    def element(self, view: View, indices: list[Number]) -> Number:
        """An element."""
        found = self.op(f"load {view.element.stored}, ptr {self.address(view, indices)}")
        if view.element == BOOL:
            found = self.op(f"icmp ne i8 {found}, 0")
        return Number(view.element, found)

    def put(self, view: View, address: str, value: Number) -> None:
        """Change an element, as numpy does: what does not fit is cut off."""
        code = self.cast(value, view.element).code
        if view.element == BOOL:
            code = self.op(f"zext i1 {code} to i8")
        self.do(f"store {view.element.stored} {code}, ptr {address}")

    # Casts.

    def truth(self, value: Number) -> Number:
        """Whether a number is not zero."""
        if value.type == BOOL:
            return value
        test = "fcmp une" if value.type.kind == "float" else "icmp ne"
        zero = constant(0, value.type).code
        return Number(BOOL, self.op(f"{test} {value.type.ir} {value.code}, {zero}"))

    def cast(self, value: Number, to: Scalar) -> Number:
        """A number as one of another type."""
        if value.literal is not None and to != BOOL:
            return constant(value.literal, to)
        if to == BOOL:
            return self.truth(value)
        if value.type.ir == to.ir:
            return Number(to, value.code)
        how = _cast(value.type, to)
        return Number(to, self.op(f"{how} {value.type.ir} {value.code} to {to.ir}"))


def _cast(of: Scalar, to: Scalar) -> str:
    """LLVM's instruction that makes one number another."""
    floats = of.kind == "float", to.kind == "float"
    if floats == (True, True):
        return "fpext" if to.bits > of.bits else "fptrunc"
    if floats == (True, False):
        return "fptosi" if to.kind == "signed" else "fptoui"
    if floats == (False, True):
        return "sitofp" if of.kind == "signed" else "uitofp"
    if to.bits < of.bits:
        return "trunc"
    return "sext" if of.kind == "signed" else "zext"


def constant(value: float, kind: Scalar) -> Number:
    """A number that is known."""
    if kind.kind == "float":
        # LLVM takes either kind of float as the bits of a double.
        exact = struct.unpack("<d", struct.pack("<d", value))[0]
        return Number(kind, f"0x{struct.unpack('<Q', struct.pack('<d', exact))[0]:016X}")
    whole = int(value)
    if kind == BOOL:
        return Number(kind, "true" if whole else "false")
    return Number(kind, str(whole & ((1 << kind.bits) - 1) if kind.kind == "unsigned" else whole))


def literal(value: int) -> Number:
    """A whole number as it is written in a kernel."""
    return Number(U64 if value >= 1 << 63 else I64, str(value), value)


def real(value: float) -> Number:
    """A number with a point as it is written in a kernel."""
    return constant(value, F64)
