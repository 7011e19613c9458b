"""Scores of each document, keyed by its id: the sidecar, never the input."""

import numpy as np
import pyarrow as pa

from outcross.kernels import document_hashes, words
from outcross.kernels.languages import LANGUAGES, languages_of
from outcross.measure import Batch
from outcross.measures.hygiene import KINDS, hygiene_flags
from outcross.measures.repetition import RULES, repeated_shares


def scores_of(batch: Batch, cap: int) -> pa.Table:
    """One row a document: id, group, length, language, hash, repetition by rule, traces."""
    found = words(batch)
    repeated = repeated_shares(batch).astype(np.float32)
    flags = hygiene_flags(batch, cap)
    columns = {
        "id": batch.ids,
        "group": batch.groups if batch.groups is not None else pa.nulls(len(batch), pa.string()),
        "words": found.per_document,
        "language": pa.DictionaryArray.from_arrays(languages_of(batch).astype(np.int8), list(LANGUAGES)),
        "text_hash": document_hashes(batch),
    }
    columns |= {f"repetition.{name}": repeated[:, row] for row, (name, _, _) in enumerate(RULES)}
    columns |= {f"hygiene.{name}": flags[:, row] for row, (name, _, _) in enumerate(KINDS)}
    return pa.table(columns)
