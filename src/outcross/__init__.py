"""The control system against model collapse."""
__version__ = "0.1.0"
