"""Generations in time: what is registered, what is compared, what is alarmed."""
