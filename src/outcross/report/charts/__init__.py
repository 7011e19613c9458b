"""Charts as SVG, drawn here: no script, no font and nothing else from outside."""
