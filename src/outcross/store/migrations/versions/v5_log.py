"""Version 5: the log, its head, and verdicts."""

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Add the tables for the log."""
    op.create_table(
        "log_head",
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("checkpoint", sa.Text, nullable=False),
    )
    op.create_table(
        "log_entry",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
    )
    op.create_table(
        "verdict",
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("mix", sa.Text, nullable=False, index=True),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
    )
