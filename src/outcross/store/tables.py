"""The tables of the store."""

import sqlalchemy as sa

VERSION = 1
"""Raised with every change of the tables."""

metadata = sa.MetaData()

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    comment="Settings of the store, its version among them.",
)

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started", sa.Text, nullable=False),
    sa.Column("ended", sa.Text),
    sa.Column("audit", sa.Text),
    comment="One execution of an audit: what it reads and how (plan), and what became of it.",
)

part = sa.Table(
    "part",
    metadata,
    sa.Column("run", sa.Text, sa.ForeignKey("run.id"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("finished", sa.Text, nullable=False),
    comment="A finished shard of a run; its states lie in the run's folder.",
)
