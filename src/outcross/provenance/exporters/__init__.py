"""Exporters: provenance records as files of other standards, one file a standard."""
