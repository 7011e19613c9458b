"""Principals: people and services who sign what they say. A name with one key or several; several keys are one vote.

Keys are Ed25519 or P-256. Private keys lie in the user's own configuration, readable by the user alone.
"""

from outcross.principals.files import (
    config_folder,
    key_path,
    keys_here,
    load,
    load_or_make,
    make,
    replace,
    successor,
)
from outcross.principals.kinds import KINDS, Kind, key_hint, public_from, public_pem, verify_bytes
from outcross.principals.signing import (
    NAME,
    Principal,
    Signer,
    checked_name,
    encoded,
    here,
    key_id,
    verify,
)
from outcross.principals.trust import Claimed, KnownKey, Revocation, known_keys, moment

__all__ = [
    "KINDS",
    "NAME",
    "Claimed",
    "Kind",
    "KnownKey",
    "Principal",
    "Revocation",
    "Signer",
    "checked_name",
    "config_folder",
    "encoded",
    "here",
    "key_hint",
    "key_id",
    "key_path",
    "keys_here",
    "known_keys",
    "load",
    "load_or_make",
    "make",
    "moment",
    "public_from",
    "public_pem",
    "replace",
    "successor",
    "verify",
    "verify_bytes",
]
