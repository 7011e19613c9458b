"""Licences: one name for the many spellings of each, an SPDX identifier where there is one (https://spdx.org/licenses/).

A word that only holds the place of a licence ("other", "TODO") names none.
"""

import re

from outcross.provenance.reading import clipped, says_nothing

_NO_LICENCE = re.compile(
    r"other(?:-.*)?|various|multiple|mixed|custom|proprietary|other \(specified in description\)"
    r"|noassertion|data files © original authors|copyright.*authors?|unspecified",
    re.IGNORECASE,
)
_KNOWN_AT = re.compile(
    r"https?://(?:www\.)?(?:spdx\.org/licenses|choosealicense\.com/licenses|opensource\.org/licenses?)/"
    r"([\w.+-]+?)(?:\.html|\.json|\.txt)?/?",
    re.IGNORECASE,
)
_SPDX_AT = re.compile(r"https?://spdx\.org/licenses/([A-Za-z0-9.+-]+?)(?:\.html|\.json|\.txt)?")
_COMMONS_AT = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/.*)?", re.IGNORECASE
)
_COMMONS = re.compile(
    r"(?:cc|creative commons)[ -]*(by|attribution)((?:[ -]+(?:nc|noncommercial|non commercial|sa|sharealike|share alike"
    r"|nd|noderivatives|noderivs|no derivatives))*)[ -]*(\d(?:\.\d)?)?(?: international| unported| generic)?"
)
_PARTS = (("noncommercial", "nc"), ("non commercial", "nc"), ("sharealike", "sa"), ("share alike", "sa"),
          ("noderivatives", "nd"), ("no derivatives", "nd"), ("noderivs", "nd"))  # fmt: skip
_IDS = (
    "0BSD AFL-3.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause BSL-1.0 "
    "C-UDA-1.0 CC-PDDC CC0-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 ECL-2.0 EPL-1.0 EPL-2.0 "
    "EUPL-1.1 EUPL-1.2 GFDL-1.2 GFDL-1.3 GFDL-1.3-only GFDL-1.3-or-later GPL-2.0 GPL-2.0-only GPL-2.0-or-later "
    "GPL-3.0 GPL-3.0-only GPL-3.0-or-later ISC LGPL-2.1 LGPL-3.0 LGPL-3.0-only LGPL-3.0-or-later MIT MIT-0 MPL-2.0 "
    "MS-PL NCSA ODbL-1.0 ODC-By-1.0 OFL-1.1 O-UDA-1.0 PDDL-1.0 PostgreSQL Unlicense WTFPL Zlib"
)
_NAMED = {
    "apache": "Apache-2.0", "apache license": "Apache-2.0", "apache 2": "Apache-2.0", "apache2": "Apache-2.0",
    "apache license 2.0": "Apache-2.0", "mit license": "MIT", "the mit license": "MIT", "cc0": "CC0-1.0",
    "cc0 1.0 universal": "CC0-1.0", "cc0: public domain": "CC0-1.0", "cc0 1.0": "CC0-1.0", "gpl": "GPL-3.0",
    "gnu general public license v3.0": "GPL-3.0", "gpl 3.0": "GPL-3.0", "bsd 3 clause": "BSD-3-Clause",
    "bsd 3 clause license": "BSD-3-Clause", "bsd 2 clause license": "BSD-2-Clause", "odc by": "ODC-By-1.0",
    "odc by 1.0": "ODC-By-1.0", "cdla sharing 1.0": "CDLA-Sharing-1.0", "cdla permissive 1.0": "CDLA-Permissive-1.0",
    "cdla permissive 2.0": "CDLA-Permissive-2.0", "odbl": "ODbL-1.0", "odbl 1.0": "ODbL-1.0", "pddl": "PDDL-1.0",
    "open data commons attribution license": "ODC-By-1.0", "mozilla public license 2.0": "MPL-2.0",
    "gnu general public license v2.0": "GPL-2.0", "gnu lesser general public license v3.0": "LGPL-3.0",
    "c uda": "C-UDA-1.0", "public domain": "CC-PDDC", "cc0 public domain": "CC0-1.0",
}  # fmt: skip
_BY_ID = {one.lower(): one for one in _IDS.split()}
_OTHER_FORMS = {"-".join(one.lower().split()): named for one, named in _NAMED.items()}


def address_of(licence: str) -> str:
    """The address of an SPDX identifier that is known here; else the text itself."""
    known = _BY_ID.get(licence.lower()) or (licence if licence.startswith("CC-BY") else "")
    return f"https://spdx.org/licenses/{known}" if known else licence


def licence_of(said: str) -> tuple[str, str]:
    """The licence that a text names, and what to say about it.

    Args:
        said: an identifier, an address, or a name.

    Returns:
        The SPDX identifier; the text itself where it is an address or a name that has none here; empty where no
        licence is named. The remark is empty where nothing is to be said.
    """
    text = clipped(said)
    if says_nothing(text) or _NO_LICENCE.fullmatch(text):
        return "", f"{text[:60]!r} names no licence"
    if found := _identifier(text) or (known[1] if (known := _SPDX_AT.fullmatch(text)) else ""):
        return found, ""
    if re.match(r"https?://", text):
        return (
            ("", f"{text[:80]!r} names no licence") if says_nothing(text.rstrip("/").rpartition("/")[2]) else (text, "")
        )
    return text, f"{text[:60]!r} is neither an SPDX identifier nor an address"


def _identifier(text: str) -> str:
    """The SPDX identifier of a text; empty where it is not known here."""
    if (at := _COMMONS_AT.fullmatch(text)) is not None:
        return _of_commons(at)
    if (known := _KNOWN_AT.fullmatch(text)) is not None:
        text = known[1]
    folded = " ".join(re.sub(r"[,()]|\bversion\b|\blicen[cs]ed?\b(?= \d)", " ", text.lower()).split())
    if dashed := _BY_ID.get(folded.replace(" ", "-")):
        return dashed
    if (commons := _COMMONS.fullmatch(folded.replace("-", " ").removesuffix(" license"))) is not None:
        return _spelt(commons[2], commons[3])
    return _OTHER_FORMS.get("-".join(folded.replace("-", " ").split()), "")


def _of_commons(at: re.Match[str]) -> str:
    """Of an address of Creative Commons."""
    if at[1].lower() == "publicdomain":
        return "CC0-1.0" if at[2].lower() == "zero" else "CC-PDDC"
    return f"CC-{at[2].upper()}-{at[3]}"


def _spelt(parts: str, version: str | None) -> str:
    """The identifier of a Creative Commons licence; without a version there is none."""
    if version is None:
        return ""
    for word, short in _PARTS:
        parts = parts.replace(word, short)
    told = set(parts.replace("-", " ").split())
    named = "-".join(one.upper() for one in ("nc", "nd", "sa") if one in told)
    return f"CC-BY-{named + '-' if named else ''}{version if '.' in version else version + '.0'}"
