"""Which of the files are data, and of which format: by what they hold first, by their suffix second."""

import json
import re
from collections import defaultdict
from pathlib import PurePosixPath

from outcross.corpus import places
from outcross.corpus.digests import relative_names
from outcross.corpus.finding import STDIN, Named
from outcross.corpus.formats import HEAD_BYTES, PACKED_SUFFIXES, readers
from outcross.corpus.looking import Found
from outcross.corpus.own import own_file
from outcross.corpus.quarantine import UnusableError
from outcross.corpus.streams import BombMeter, Tap, is_packed, unpacker
from outcross.corpus.terms import Member
from outcross.errors import CallError, DataError

SURE = ("parquet", "arrow", "warc")
DOCUMENTATION = re.compile(
    r"(readme|licen[cs]e|copying|notice|changelog|citation|authors|contributing)\b", re.IGNORECASE
)
METADATA = frozenset({
    "dataset_infos.json", "dataset_info.json", "dataset_dict.json", "state.json", "croissant.json",
    "config.json", "package.json", "manifest.json", "_success", "_metadata", "_common_metadata",
    "sha256sums", "md5sums",
    ".md5", ".sha256", ".crc", ".lock", ".yaml", ".yml", ".toml", ".log", ".tmp", ".incomplete",
})  # fmt: skip
"""Names and suffixes of files that lie beside data and are none."""


def sort_out(named: Named) -> list[Found]:
    """The data among the files, in the order of their paths; what is left out is added to `named.skipped`.

    Raises:
        CallError: a file that was named is not one that can be read.
        DataError: there are no data at all.
    """
    names = relative_names(list(named.files))
    found = [
        one for path, explicit in named.files.items() if (one := _found(path, names[path], explicit, named)) is not None
    ]
    found = _without_documentation(_without_strangers(found, named), named)
    if not found:
        raise DataError("There are no data in what was named." + _some_skipped(named.skipped))
    if not any(one.member.size for one in found):
        shown = ", ".join(one.member.shown for one in found[:3]) + (" and more" if len(found) > 3 else "")
        raise DataError(f"All files that were named are empty: {shown}.")
    return found


def _some_skipped(skipped: list[str]) -> str:
    return f" Left out: {', '.join(skipped[:3])}{' and more' if len(skipped) > 3 else ''}." if skipped else ""


def _found(path: str, name: str, explicit: bool, named: Named) -> Found | None:
    """A file with its format; None where it is left out."""
    real = named.real.get(path, path)
    lower = PurePosixPath(path).name.lower()
    if not explicit and ({lower, PurePosixPath(lower).suffix} & METADATA):
        named.skipped.append(f"{path} (not data)")
        return None
    try:
        member = Member(real, name, *places.stamp(real))
        kind, packed = _format(member, lower, explicit)
        own = None if explicit else own_file(real, kind)
    except (OSError, UnusableError) as error:
        if explicit:
            raise CallError(f"{path} cannot be read: {places.fault_of(error)}.") from None
        named.skipped.append(f"{path} ({places.fault_of(error)})")
        return None
    if own is not None:
        named.skipped.append(f"{path} ({own}, no data)")
        return None
    if kind is not None:
        return Found(member, kind, packed)
    if explicit:
        raise CallError(
            f"{path} is of no format that outcross reads.",
            hint="It reads JSON Lines, JSON, Parquet, CSV, Arrow, text and WARC, plain or as .gz or .zst.",
        )
    named.skipped.append(f"{path} (no format that outcross reads)")
    return None


def _by_suffix(name: str) -> tuple[str | None, bool]:
    """The format that a file's suffix promises, and whether it promises compression."""
    stem = name
    for suffix in PACKED_SUFFIXES:
        stem = stem.removesuffix(suffix)
    kind = next((one.name for one in readers().values() if one.suffixes and stem.endswith(one.suffixes)), None)
    return kind, stem != name


def _format(member: Member, lower: str, explicit: bool) -> tuple[str | None, bool]:
    """The format of a file, and whether it is compressed."""
    promised, packed = _by_suffix(lower)
    if places.is_remote(member.path) and promised not in (None, "json"):
        return promised, packed  # one request less for each file
    try:
        begin = places.head(member.path, HEAD_BYTES)
    except PermissionError:
        if explicit:
            raise
        return promised, packed  # reading will set it aside
    packed = is_packed(begin)
    begin = _inner(member.path, begin)
    kind = _by_content(begin, promised)
    if kind is None and member.name == STDIN:
        return "lines", packed
    if kind is None and explicit and _is_text(begin):
        kind = "text"
    return kind, packed


def _inner(path: str, begin: bytes) -> bytes:
    """The first bytes of a file, decompressed if it is compressed."""
    if not is_packed(begin):
        return begin
    with places.open_file(path) as handle:
        try:
            return next(unpacker(begin)(Tap(handle, None), BombMeter(1 << 20)), b"")[:HEAD_BYTES]
        except UnusableError:
            return b""


def _by_content(begin: bytes, promised: str | None) -> str | None:
    """The format that the first bytes show, or else the one that was promised."""
    known = readers()
    for name in SURE:
        if known[name].sniffs(begin):
            return name
    is_lines = known["jsonl"].sniffs(begin)
    if promised == "jsonl":
        spread = begin.lstrip().startswith(b"[") or begin.split(b"\n", 1)[0].strip() == b"{"
        return "json" if spread and not is_lines else "jsonl"
    if promised == "csv":
        return promised
    if is_lines:
        return "jsonl"
    return promised or ("json" if known["json"].sniffs(begin) else None)


def _is_text(begin: bytes) -> bool:
    """Whether the bytes are UTF-8 without zeros, but for a character cut at the end."""
    try:
        begin[:-4].decode()
    except UnicodeDecodeError as error:
        return error.start >= len(begin) - 8 and b"\0" not in begin
    return b"\0" not in begin


def _folder(found: Found) -> str:
    return found.member.path.rpartition("/")[0]


def _without_documentation(found: list[Found], named: Named) -> list[Found]:
    """Leave out what describes data: README and the like beside records, and text in their very folder."""
    with_records = {_folder(one) for one in found if one.format != "text"}
    kept = []
    for one in found:
        path = one.member.shown
        about = one.format == "text" and not named.files[path]
        if about and with_records and DOCUMENTATION.match(PurePosixPath(path).name):
            named.skipped.append(f"{path} (not data)")
        elif about and _folder(one) in with_records:
            named.skipped.append(f"{path} (text beside records)")
        else:
            kept.append(one)
    return kept


def _without_strangers(found: list[Found], named: Named) -> list[Found]:
    """Of a folder that `save_to_disk` wrote, keep the Arrow files that its state names."""
    by_folder: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        if one.format == "arrow" and not named.files[one.member.shown]:
            by_folder[_folder(one)].append(one)
    strangers = set()
    for folder, members in by_folder.items():
        listed = _listed(f"{folder}/state.json" if folder else "state.json")
        for one in members:
            if listed and PurePosixPath(one.member.path).name not in listed:
                strangers.add(one)
                named.skipped.append(f"{one.member.shown} (not part of the dataset that was saved here)")
    return [one for one in found if one not in strangers]


def _listed(state: str) -> set[str]:
    """The files that a state.json of `datasets` names; none where there is no such file."""
    try:
        files = json.loads(places.head(state, 1 << 24))["_data_files"]
        return {str(one["filename"]) for one in files}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
