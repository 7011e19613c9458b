"""Compiles the loops of this room to the machine's own code: the small part of Python that loops over arrays need.

    @kernel("u8[] u64[] -> i64")
    def count(data, tally): ...

A kernel is plain Python over numpy's arrays and numbers, translated once a machine (`translating.py`, by LLVM) and kept
in this user's cache. Its types are those of its signature, and a variable has the type of what it is given first; so
there is nothing to infer, which is what takes other compilers of Python seconds. What the language has is what
`tests/kernels/test_compiler.py` holds against Python itself.

Rules, beside Python's: no memory is made in kernels, it all comes from outside. Whole numbers of 64 bits wrap around.
Signed and unsigned ones do not meet but by a cast; one written in the code takes the type of what it meets. Indices are
not checked and not negative. Parts are put in place where they are called.
"""

from outcross.kernels.compiler.library import any64, count_ones, kernel, load64, part, prefetch, trailing_zeros

__all__ = ["any64", "count_ones", "kernel", "load64", "part", "prefetch", "trailing_zeros"]
