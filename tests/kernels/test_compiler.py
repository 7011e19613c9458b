"""What is compiled computes what Python computes: numbers, arrays, branches and loops of kernels, run by both."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.errors import FaultError
from outcross.kernels.compiler import any64, count_ones, kernel, load64, part, trailing_zeros
from outcross.kernels.compiler.library import Library, library
from outcross.kernels.compiler.machine import translated
from outcross.kernels.compiler.types import Signature

SIGNED = st.integers(-(2**63), 2**63 - 1)
UNSIGNED = st.integers(0, 2**64 - 1)
SMALL = st.integers(-(2**30), 2**30)
U = np.uint64
TABLE = np.array([3, 1, 4, 1, 5], np.uint64)
ODD = np.array([False, True, False, True])
LIMIT = 10


@pytest.fixture(autouse=True)
def _numpy_wraps_around():
    with np.errstate(over="ignore"):
        yield


@kernel("u64 u64 u64[]")
def unsigned_operators(a, b, out):
    out[0], out[1], out[2] = a + b, a - b, a * b
    out[3], out[4], out[5], out[6] = a & b, a | b, a ^ b, ~a
    out[7], out[8] = a >> (b & U(63)), a << (b & U(63))
    if b != U(0):
        out[9], out[10] = a // b, a % b
    out[11], out[12] = min(a, b), max(a, b)


@given(a=UNSIGNED, b=UNSIGNED)
def test_unsigned_numbers_are_those_of_numpy(a, b):
    compiled, expected = np.zeros(13, np.uint64), np.zeros(13, np.uint64)
    unsigned_operators(U(a), U(b), compiled)
    unsigned_operators.function(U(a), U(b), expected)
    assert compiled.tolist() == expected.tolist()


@kernel("i64 i64 i64[]")
def signed_operators(a, b, out):
    out[0], out[1], out[2], out[3] = a + b, a - b, a * b, -a
    out[4], out[5], out[6] = a & b, a | b, a ^ b
    out[7], out[8] = a >> (b & 15), a << (b & 15)
    if b != 0:
        out[9], out[10] = a // b, a % b
    out[11] = (a < b) + (a <= b) + (a > b) + (a >= b) + (a == b) + (a != b)
    out[12] = 1 if 0 <= a < b <= LIMIT else -1


@given(a=SMALL, b=SMALL)
def test_signed_numbers_are_those_of_python(a, b):
    compiled, expected = np.zeros(13, np.int64), np.zeros(13, np.int64)
    signed_operators(a, b, compiled)
    signed_operators.function(a, b, expected)
    assert compiled.tolist() == expected.tolist()


@kernel("f64 f64 i64 f64[]")
def real_operators(a, b, n, out):
    out[0], out[1], out[2], out[3] = a + b, a - b, a * b, a / b
    out[4], out[5], out[6] = a**2, a**3, abs(a)
    out[7], out[8], out[9] = n / 7, n * a, n + 0.5
    out[10], out[11], out[12] = math.exp(-abs(a)), math.log(b), np.sqrt(b)
    out[13] = a if a < b else b


@given(a=st.floats(-1e6, 1e6), b=st.floats(1e-6, 1e6), n=SMALL)
def test_real_numbers_are_those_of_python(a, b, n):
    compiled, expected = np.zeros(14), np.zeros(14)
    real_operators(a, b, n, compiled)
    real_operators.function(a, b, n, expected)
    # Powers and logarithms of another library may differ in the last digit.
    assert compiled == pytest.approx(expected, rel=1e-14, abs=1e-300)
    assert compiled[[0, 1, 2, 3, 6, 7, 8, 9, 13]].tolist() == expected[[0, 1, 2, 3, 6, 7, 8, 9, 13]].tolist()


@given(n=st.integers(1, 10**7))
def test_the_logarithm_of_the_gamma_function_is_that_of_python(n):
    out = np.zeros(1)
    log_gamma(n + 0.5, out)
    assert out[0] == pytest.approx(math.lgamma(n + 0.5), rel=1e-12)


@kernel("f64 f64[]")
def log_gamma(x, out):
    out[0] = math.lgamma(x)


@kernel("i64 u64[]")
def casts(a, out):
    out[0], out[1], out[2] = np.uint8(a), np.uint32(a), U(a)
    out[3] = np.uint8(np.uint8(a) + np.uint8(200))
    out[4] = U(a > 5) + U(np.float64(2.0) > 1)
    out[5] = np.uint8(a) | np.uint8(1)


@given(a=st.integers(0, 2**40))
def test_casts_cut_off_what_does_not_fit(a):
    out = np.zeros(6, np.uint64)
    casts(a, out)
    low = a & 255
    assert out.tolist() == [low, a & 0xFFFFFFFF, a, (low + 200) & 255, (a > 5) + 1, low | 1]


@part
def _steps(n, most):
    """Collatz's steps to 1, and whether there are fewer than `most`."""
    count = 0
    while n != 1 and count < most:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        count += 1
    if n == 1:
        return count, True
    return most, False


@kernel("i64[] i64[,] -> i64")
def branches(numbers, out):
    total = 0
    for row in range(numbers.size):
        n = numbers[row]
        if n < 1:
            continue
        if n == 99:
            break
        count, reached = _steps(n, 40)
        out[row, 0] = count
        if not reached or (n > 3 and count > 10) or n == 2:
            out[row, 1] = 1
        elif ODD[n & 3]:
            out[row, 1] = 2
        else:
            out[row, :] = -3
        total += count
    return total


@given(numbers=st.lists(st.integers(-2, 120), max_size=30))
def test_branches_and_loops_go_where_python_goes(numbers):
    given_numbers = np.array(numbers, np.int64)
    compiled, expected = np.zeros((len(numbers), 2), np.int64), np.zeros((len(numbers), 2), np.int64)
    assert branches(given_numbers, compiled) == branches.function(given_numbers, expected)
    assert compiled.tolist() == expected.tolist()


@kernel("u8[] (u32[] f32[]) bool[] i32[,3] i64[] -> f64")
def arrays(data, pair, flags, rows, sizes):
    whole, parts = pair
    sizes[0], sizes[1], sizes[2] = data.size, rows.shape[0], rows.shape[1]
    sum_of = 0.0
    for i in range(data.size):
        whole[i] += data[i]
        parts[i] += parts[i]
        flags[i] = data[i] > TABLE[np.int64(data[i]) % TABLE.size]
        sum_of += np.float64(parts[i])
    for row in range(rows.shape[0]):
        one = rows[row]
        one[0], one[2] = one[2], one[0]
    for value in data[1:3]:
        sizes[3] += value
    for step in range(1, 20, 6):
        sizes[4] += step
    return sum_of


@given(data=st.lists(st.integers(0, 255), min_size=3, max_size=40), seed=st.integers(0, 99))
def test_arrays_of_all_types_are_read_and_changed(data, seed):
    rng = np.random.default_rng(seed)

    def made():
        return (
            np.array(data, np.uint8), (np.full(len(data), 2**32 - 100, np.uint32), rng.random(len(data), np.float32)),
            np.zeros(len(data), np.bool_), np.arange(12, dtype=np.int32).reshape(4, 3), np.zeros(5, np.int64),
        )  # fmt: skip

    first = made()
    second = (first[0].copy(), tuple(one.copy() for one in first[1]), *(one.copy() for one in first[2:]))
    assert arrays(*first) == arrays.function(*second)
    for one, other in zip((*first[1], *first[2:]), (*second[1], *second[2:]), strict=True):
        assert one.tolist() == other.tolist()


@kernel("u8[] u64[]")
def words_of_bytes(data, out):
    for i in range(out.size):
        word = load64(data, i)
        out[i] = word
        if word != U(0):
            out[i] = trailing_zeros(word)


@given(data=st.binary(min_size=8, max_size=40))
def test_eight_bytes_are_loaded_from_any_place(data):
    held = np.frombuffer(data, np.uint8)
    compiled, expected = np.zeros((2, len(data) - 7), np.uint64)
    words_of_bytes(held, compiled)
    words_of_bytes.function(held, expected)
    assert compiled.tolist() == expected.tolist()


@kernel("u64[] u64[]")
def ones_of(words, out):
    for i in range(out.size):
        out[i] = count_ones(words[i])


@given(words=st.lists(st.integers(0, 2**64 - 1), max_size=5))
def test_bits_that_are_set_are_counted(words):
    held = np.array(words, np.uint64)
    compiled, expected = np.zeros((2, len(words)), np.uint64)
    ones_of(held, compiled)
    ones_of.function(held, expected)
    assert compiled.tolist() == expected.tolist() == [word.bit_count() for word in words]


@kernel("u8[] -> u64")
def bits_of_bytes(data):
    return any64(data, 1, 6)


@given(data=st.binary(min_size=65, max_size=65))
def test_of_64_bytes_a_bit_tells_which_have_any_of_some_bits(data):
    held = np.frombuffer(data, np.uint8)
    assert bits_of_bytes(held) == bits_of_bytes.function(held) == sum(1 << i for i in range(64) if data[i + 1] & 6)


@pytest.mark.parametrize("arguments", [
    (np.zeros(3, np.int64), np.zeros((3, 2), np.int32)),
    (np.zeros(3, np.int64), np.zeros(3, np.int64)),
    (np.zeros(6, np.int64)[::2], np.zeros((3, 2), np.int64)),
    (np.zeros(3, np.int64),),
    (3, np.zeros((3, 2), np.int64)),
])  # fmt: skip
def test_what_a_signature_does_not_have_is_refused(arguments):
    with pytest.raises(FaultError, match="The kernel branches takes"):
        branches(*arguments)


def test_rows_of_another_width_than_the_signature_fixes_are_refused():
    pair = np.zeros(3, np.uint32), np.zeros(3, np.float32)
    with pytest.raises(FaultError, match="The kernel arrays takes"):
        arrays(np.zeros(3, np.uint8), pair, np.zeros(3, np.bool_), np.zeros((4, 2), np.int32), np.zeros(5, np.int64))


def _mixes(signed, plain):
    return signed + plain


def _lists(signed, plain):
    return [signed, plain]


def _narrows(signed, plain):
    first = np.uint8(1)
    first = signed
    return first + 1


def _nowhere(signed, plain):
    return missing  # noqa: F821 - on purpose


@pytest.mark.parametrize(("function", "told"), [
    (_mixes, "line .*: A signed and an unsigned number of 64 bits meet: cast one"),
    (_lists, "line .*: Kernels have no List"),
    (_narrows, "line .*: A variable of type u8 is given a i64: cast it"),
    (_nowhere, "line .*: Nothing is called missing here"),
])  # fmt: skip
def test_what_is_not_of_the_language_is_refused_with_its_line(function, told):
    with pytest.raises(FaultError, match=told):
        translated_alone(function, "i64 u64 -> i64")


def translated_alone(function, signature):
    """LLVM's code of one kernel, which belongs to no library."""
    alone = Library("alone")
    alone.kernels["one"] = kernel(signature)(function)
    library(function.__module__).kernels.pop(function.__name__)
    return translated(alone)


@pytest.mark.parametrize("signature", ["u8[", "what", "(i64))", "u8[] -> text"])
def test_a_signature_that_cannot_be_read_is_refused(signature):
    with pytest.raises(FaultError):
        assert (Signature(signature).arguments, Signature(signature).result) is None
