"""The names in an X.509 certificate, as it says them: nothing is verified, and nobody is trusted for it.

Source: RFC 5280; DER as in ITU-T X.690. Only as much is read as leads to the names.
"""

from collections.abc import Iterator

_ALTERNATIVE = bytes.fromhex("0603551d11")
"""The object identifier of subjectAltName, encoded."""

_COMMON = bytes.fromhex("0603550403")
_NAMES = (0x81, 0x82, 0x86)
"""Tags of mail addresses, host names and URIs."""

_SEQUENCE, _EXTENSIONS, _OCTETS = 0x30, 0xA3, 0x04
_VERSIONED = 0xA0
_SUBJECT = 4
"""Place of the subject among the fields of a certificate after its version, which the oldest do not tell."""


def names_in(certificate: bytes) -> tuple[str, ...]:
    """The alternative names of a certificate's subject, else its common name.

    Raises:
        ValueError: it is no certificate.
    """
    fields = list(_parts(_inner(_inner(certificate, _SEQUENCE), _SEQUENCE)))
    names = [_text(value) for tag, value in _alternatives(fields) if tag in _NAMES]
    place = _SUBJECT + (bool(fields) and fields[0][0] == _VERSIONED)
    if not names and len(fields) > place:
        names = [_text(value) for value in _common_names(fields[place][1])]
    return tuple(name for name in names if name)


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The values that follow each other, each with its tag."""
    place = 0
    while place < len(data):
        length, start = _length(data, place + 1)
        if start + length > len(data):
            raise ValueError("a value ends beyond the certificate")
        yield data[place], data[start : start + length]
        place = start + length


def _length(data: bytes, place: int) -> tuple[int, int]:
    """The length that is told at a place, and where what it is of begins."""
    if place >= len(data):
        raise ValueError("a certificate ends within a value")
    first = data[place]
    if first < 0x80:
        return first, place + 1
    size = first & 0x7F
    if not 1 <= size <= 4:
        raise ValueError("a length that a certificate cannot have")
    return int.from_bytes(data[place + 1 : place + 1 + size]), place + 1 + size


def _inner(data: bytes, tag: int) -> bytes:
    """What the first value holds, which must have this tag."""
    found, value = next(_parts(data), (0, b""))
    if found != tag:
        raise ValueError("no certificate")
    return value


def _alternatives(fields: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    for tag, value in fields:
        if tag == _EXTENSIONS:
            for _, extension in _parts(_inner(value, _SEQUENCE)):
                if extension.startswith(_ALTERNATIVE):
                    held = next(part for kind, part in _parts(extension) if kind == _OCTETS)
                    return list(_parts(_inner(held, _SEQUENCE)))
    return []


def _common_names(subject: bytes) -> Iterator[bytes]:
    for _, names in _parts(subject):
        for _, name in _parts(names):
            if name.startswith(_COMMON):
                yield next(_parts(name[len(_COMMON) :]), (0, b""))[1]


def _text(value: bytes) -> str:
    return value.decode(errors="replace")
