"""The formats that outcross reads: one file a format."""

from outcross.corpus.readers import arrow, delimited, json_array, jsonl, lines, parquet, text, warc

__all__ = ["arrow", "delimited", "json_array", "jsonl", "lines", "parquet", "text", "warc"]
