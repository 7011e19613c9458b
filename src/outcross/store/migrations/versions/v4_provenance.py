"""Version 4: revocations of keys, provenance records and signed statements."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Add the tables for provenance."""
    op.create_table(
        "key_revocation",
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, sa.ForeignKey("principal_key.id"), nullable=False, index=True),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("revoked", sa.Text, nullable=False),
        sa.Column("compromised_since", sa.Text, nullable=False),
        sa.Column("by", sa.Text, sa.ForeignKey("principal_key.id"), nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
    )
    op.create_table(
        "provenance_record",
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False, index=True),
        sa.Column("subject", sa.Text, nullable=False, index=True),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
    )
    op.create_table(
        "provenance_statement",
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("subject", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
        sa.UniqueConstraint("subject", "digest"),
    )
