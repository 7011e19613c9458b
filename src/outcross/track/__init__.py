"""Generations over time: what is lost, when it was seen, and what could be seen at all."""
