"""Origin: evidence of where a document comes from, a detector a file."""
