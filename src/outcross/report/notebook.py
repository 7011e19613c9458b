"""An audit in a notebook: a fragment that takes the notebook's own colours and leaves its styles alone.

Every selector starts with one class, nothing has an id, and colours are those of the page around it:
notebooks switch themes without telling `prefers-color-scheme`. Where styles are stripped, tables remain.
"""

from outcross.audits.record import Audit
from outcross.report.page import environment
from outcross.report.reading import outline_of


def audit_fragment(audit: Audit) -> str:
    """The fragment for `_repr_html_`."""
    return environment().get_template("notebook.html").render(outline=outline_of(audit))
