"""A manifest from the reading of an audit, for `outcross audit --manifest`."""

from dataclasses import dataclass
from pathlib import Path

from outcross.auditing import Auditing
from outcross.audits.record import Audit
from outcross.cli.provenance.sign import inside, refuse_existing, told, write_seal
from outcross.errors import CallError
from outcross.principals import Signer, here, load
from outcross.sealing import audited, keep, signed_for


@dataclass(frozen=True)
class Sealing:
    """A manifest that is wanted beside an audit.

    Attributes:
        corpus: the folder or file that is audited.
        target: where the manifest is written.
        signer: who signs it.
    """

    corpus: str
    target: Path
    signer: Signer

    def run(self, auditing: Auditing) -> Audit:
        """Audit, sign the manifest and write it."""
        made, manifest = audited(auditing, inside(self.corpus, [self.target]))
        seal = signed_for(manifest, self.signer)
        if auditing.store is not None:
            keep(auditing.store, seal, self.signer)
        write_seal(seal, [self.target], force=False)
        told(seal, self.signer, [self.target], err=True)
        return made


def sealing_of(paths: tuple[str, ...], target: Path | None, sign_as: str | None) -> Sealing:
    """What is asked for, looked at before any work.

    Raises:
        CallError: more than one thing is audited, the file cannot be written, or there is no key.
    """
    if target is None:
        raise CallError("--sign-as signs a manifest, and none is asked for.", hint="Name its file with --manifest.")
    if len(paths) != 1:
        raise CallError("A manifest is made of one folder or file.", hint="Audit it alone.")
    refuse_existing([target], force=False)
    return Sealing(paths[0], target, load(sign_as or here()))
