"""Audits: their record, how they are concluded and put together, comparisons, and frozen references."""
