"""What the settings of a workspace hold, typed."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """Where rows are kept.

    Attributes:
        url: of a database in PostgreSQL; None for a file in `.outcross/`.
    """

    url: str | None = None


@dataclass(frozen=True)
class Track:
    """How generations are tracked.

    Attributes:
        alpha: chance of a false alarm over all looks, in (0, 0.5].
        looks: how many looks are planned; None for no end.
        primary: the measure that decides alone, by its name; None for the default panel.
        first_words: words of each document that are looked at; None for all.
        cluster_by: column of the sampling unit where documents are not independent; None for documents.
        reference: the frozen human reference, by its name or file; None for none.
    """

    alpha: float = 0.05
    looks: int | None = None
    primary: str | None = None
    first_words: int | None = None
    cluster_by: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Identity:
    """Somebody who signs under Sigstore.

    Attributes:
        identity: an e-mail address, or the address of a workflow. issuer: who vouches for it, an address.
    """

    identity: str
    issuer: str


@dataclass(frozen=True)
class Provenance:
    """Whose word on the origin of data is believed.

    Attributes:
        signers: principals of the workspace by name, or public keys as they are written.
        identities: who signs under Sigstore.
        trusted_root: file with Sigstore's roots of trust, from the folder of the settings on; None for none.
        cutoff: the day before which a timestamp of others must be, ISO 8601; None for the default, 2022-11-30.
    """

    signers: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
    trusted_root: str | None = None
    cutoff: str | None = None


@dataclass(frozen=True)
class Settings:
    """The settings of a workspace.

    Attributes:
        store: where rows are kept.
        track: how generations are tracked.
        provenance: whose word on the origin of data is believed.
    """

    store: Place = field(default_factory=Place)
    track: Track = field(default_factory=Track)
    provenance: Provenance = field(default_factory=Provenance)
