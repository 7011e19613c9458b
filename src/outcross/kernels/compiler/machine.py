"""Compiles the kernels of a module by LLVM, keeps their code in a file, and loads it."""

import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from ctypes import CFUNCTYPE, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm

from outcross.kernels.compiler.library import Kernel, Library
from outcross.kernels.compiler.places import cache_folder
from outcross.kernels.compiler.statements import Body
from outcross.kernels.compiler.types import DTYPES, Number, Scalar, Type, Value, View
from outcross.kernels.compiler.writing import Writer

_ENTRY = CFUNCTYPE(None, c_void_p)
_LOCK = threading.Lock()
_DIGEST = hashlib.sha256().digest_size


class Loaded:
    """The code of a library in this process."""

    def __init__(self, code: bytes) -> None:
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    def entry(self, name: str) -> Callable[[Any], None]:
        """The code of a kernel."""
        return _ENTRY(self._engine.get_function_address(f"outcross_{name}"))


_LOADED: dict[str, Loaded] = {}


def loaded(library: Library) -> Loaded:
    """The library's code: from this process, from the cache, or compiled now."""
    with _LOCK:
        if library.module not in _LOADED:
            _LOADED[library.module] = Loaded(_code(library))
        return _LOADED[library.module]


def _code(library: Library) -> bytes:
    """The library's code; in its file the digest stands before it, since damaged code must not run."""
    file = kept_in(library)
    with suppress(OSError):
        kept = file.read_bytes()
        if hashlib.sha256(kept[_DIGEST:]).digest() == kept[:_DIGEST]:
            return kept[_DIGEST:]
    code = compiled(library)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.write_bytes(hashlib.sha256(code).digest() + code)
        draft.replace(file)
    return code


def kept_in(library: Library) -> Path:
    """The file of the library's code: its name tells all that it depends on."""
    digest = hashlib.sha256(f"{llvm.llvm_version_info} {machine().triple} {_processor()}".encode())
    rooms = (library.source.parent, Path(__file__).parent)
    for file in sorted(one for room in rooms for one in room.glob("*.py")):
        digest.update(file.read_bytes())
    return cache_folder() / "kernels" / f"{library.module.rpartition('.')[2]}-{digest.hexdigest()[:16]}"


def _processor() -> tuple[str, str]:
    """This processor's name and what it can do."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


@cache
def machine() -> Any:
    """LLVM's view of this machine."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    name, features = _processor()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(name, features, opt=3, reloc="default", codemodel="jitdefault", jit=True)


def compiled(library: Library) -> bytes:
    """The library's kernels as the machine's code."""
    module = llvm.parse_assembly(translated(library))
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    options.slp_vectorization = False
    builder = llvm.create_pass_builder(machine(), options)
    builder.getModulePassManager().run(module, builder)
    return bytes(machine().emit_object(module))


def translated(library: Library) -> str:
    """The library's kernels in LLVM's language."""
    tables: dict[str, Any] = {}
    declared: set[str] = set()
    functions = [_function(one, tables, declared) for one in library.kernels.values()]
    constants = [_table(name, values) for name, values in tables.items()]
    return "\n".join([*constants, *sorted(declared), *functions])


def _table(name: str, values: Any) -> str:
    """An array of the module as a constant."""
    kind = DTYPES[values.dtype].stored
    inside = ", ".join(f"{kind} {int(one)}" for one in values.ravel())
    return f"{name} = private constant [{values.size} x {kind}] [{inside}]"


def _function(kernel: Kernel, tables: dict[str, Any], declared: set[str]) -> str:
    """A kernel as a function that takes one block of numbers of 64 bits, whose first one becomes the result."""
    writer = Writer()
    taken = [0]
    arguments = [_argument(writer, kind, taken) for kind in kernel.signature.arguments]
    result = Body(writer, kernel.function, tables).run(arguments)
    kind = kernel.signature.result
    if kind is not None and isinstance(result, Number):
        writer.do(f"store {kind.ir} {writer.cast(result, kind).code}, ptr %block")
    declared |= writer.intrinsics
    lines = [f"define void @outcross_{kernel.name}(ptr %block) {{", *writer.slots, *writer.lines, "  ret void", "}"]
    return "\n".join(lines)


def _argument(writer: Writer, kind: Type, taken: list[int]) -> Value:
    """An argument, from its place in the block."""
    if isinstance(kind, tuple):
        return tuple(_argument(writer, one, taken) for one in kind)
    if isinstance(kind, Scalar):
        return Number(kind, _next(writer, kind.ir, taken))
    data = _next(writer, "ptr", taken)
    sizes = [_next(writer, "i64", taken) for _ in kind.sizes]
    fixed = [there if size is None else str(size) for size, there in zip(kind.sizes, sizes, strict=True)]
    return View(kind.element, data, tuple(fixed))


def _next(writer: Writer, kind: str, taken: list[int]) -> str:
    place = writer.op(f"getelementptr inbounds i64, ptr %block, i64 {taken[0]}")
    taken[0] += 1
    return writer.op(f"load {kind}, ptr {place}")
