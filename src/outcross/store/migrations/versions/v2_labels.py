"""Version 2: principals, their keys, label sets and labels."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Add the tables for labels."""
    _principals()
    _sets()
    op.create_table(
        "label",
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("set", sa.Text, sa.ForeignKey("label_set.digest"), nullable=False, index=True),
        sa.Column("item", sa.Integer, nullable=False),
        sa.Column("text_digest", sa.Text, nullable=False),
        sa.Column("reviewer", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("signer", sa.Text, nullable=False),
        sa.Column("key", sa.Text, sa.ForeignKey("principal_key.id"), nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
    )
    op.create_table(
        "label_lease",
        sa.Column("set", sa.Text, sa.ForeignKey("label_set.digest"), primary_key=True),
        sa.Column("item", sa.Integer, primary_key=True),
        sa.Column("reviewer", sa.Text, primary_key=True),
        sa.Column("until", sa.Float, nullable=False),
    )


def _principals() -> None:
    op.create_table(
        "principal", sa.Column("name", sa.Text, primary_key=True), sa.Column("added", sa.Text, nullable=False)
    )
    op.create_table(
        "principal_key",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("principal", sa.Text, sa.ForeignKey("principal.name"), nullable=False, index=True),
        sa.Column("public", sa.Text, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
        sa.Column("endorser", sa.Text),
        sa.Column("endorsement", sa.Text),
    )


def _sets() -> None:
    op.create_table(
        "label_set",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("key", sa.Text, sa.ForeignKey("principal_key.id"), nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
    )
    op.create_table(
        "label_item",
        sa.Column("set", sa.Text, sa.ForeignKey("label_set.digest"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("text_digest", sa.Text, nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("truth", sa.Text),
        sa.Column("stratum", sa.Text, nullable=False),
        sa.Column("inclusion", sa.Float, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("wanted", sa.Integer, nullable=False),
    )
