"""The tables of the store."""

import sqlalchemy as sa

VERSION = 5
"""Raised with every change of the tables, and with it a step is added to `migrations/versions`."""

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

principal = sa.Table(
    "principal",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("added", sa.Text, nullable=False),
    comment="A person or service; several keys are one vote.",
)

principal_key = sa.Table(
    "principal_key",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("principal", sa.Text, sa.ForeignKey("principal.name"), nullable=False, index=True),
    sa.Column("public", sa.Text, nullable=False),
    sa.Column("added", sa.Text, nullable=False),
    sa.Column("endorser", sa.Text),
    sa.Column("endorsement", sa.Text),
    comment="A public key of a principal; every one but the first is endorsed by an earlier one.",
)

key_revocation = sa.Table(
    "key_revocation",
    metadata,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.Text, sa.ForeignKey("principal_key.id"), nullable=False, index=True),
    sa.Column("principal", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("revoked", sa.Text, nullable=False),
    sa.Column("compromised_since", sa.Text, nullable=False),
    sa.Column("by", sa.Text, sa.ForeignKey("principal_key.id"), nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    comment="The end of a key, signed by another of its principal or of its owner; rows are only ever added.",
)

label_set = sa.Table(
    "label_set",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("key", sa.Text, sa.ForeignKey("principal_key.id"), nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    comment="What is to be labelled and how it was drawn; never changed.",
)

label_item = sa.Table(
    "label_item",
    metadata,
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
    comment="A document that is to be labelled; its text lies in the set's folder.",
)

label = sa.Table(
    "label",
    metadata,
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
    comment="What somebody said of an item, signed; rows are only ever added.",
)

label_lease = sa.Table(
    "label_lease",
    metadata,
    sa.Column("set", sa.Text, sa.ForeignKey("label_set.digest"), primary_key=True),
    sa.Column("item", sa.Integer, primary_key=True),
    sa.Column("reviewer", sa.Text, primary_key=True),
    sa.Column("until", sa.Float, nullable=False),
    comment="An item that somebody is looking at now, so that nobody else is shown it for nothing.",
)

generation = sa.Table(
    "generation",
    metadata,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("added", sa.Text, nullable=False),
    comment="One turn of the retraining cycle; never changed.",
)

generation_parent = sa.Table(
    "generation_parent",
    metadata,
    sa.Column("child", sa.Text, sa.ForeignKey("generation.name"), primary_key=True),
    sa.Column("parent", sa.Text, primary_key=True),
    comment="What a generation came from; a parent may be one that nobody has added.",
)

blob = sa.Table(
    "blob",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    comment="Bytes that belong to generations (merged states), by their digest, so that a team shares them.",
)

reading = sa.Table(
    "reading",
    metadata,
    sa.Column("settings", sa.Text, primary_key=True),
    sa.Column("baseline", sa.Text, primary_key=True),
    sa.Column("generation", sa.Text, primary_key=True),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    comment="Figures of a generation against a baseline, kept so that they need not be worked out again.",
)

provenance_record = sa.Table(
    "provenance_record",
    metadata,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("added", sa.Text, nullable=False),
    comment="What is said of a data source; never changed.",
)

provenance_statement = sa.Table(
    "provenance_statement",
    metadata,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("added", sa.Text, nullable=False),
    sa.UniqueConstraint("subject", "digest"),
    comment="Signed envelopes by the digest of what they speak of, byte for byte as they were given.",
)

log_head = sa.Table(
    "log_head",
    metadata,
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("frontier", sa.LargeBinary, nullable=False),
    sa.Column("checkpoint", sa.Text, nullable=False),
    comment="What the log is after its last entry: one row.",
)

log_entry = sa.Table(
    "log_entry",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("added", sa.Text, nullable=False),
    comment="The entries of the log, byte for byte as they were signed; rows are only ever added.",
)

verdict = sa.Table(
    "verdict",
    metadata,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("mix", sa.Text, nullable=False, index=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("added", sa.Text, nullable=False),
    comment="Verdicts that somebody signed; the log holds their digests, so what is written here can be erased.",
)
