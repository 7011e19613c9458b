"""Provenance: what data sources are said to be, whom to believe, and what follows for a mix. It emits evidence only."""
