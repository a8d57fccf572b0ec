"""The trustee's share: opened, and held against the key on the board (trustees §5)."""

from __future__ import annotations

from ballot.sealing import native
from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.messages import TrusteeSecret
from ballot.trustee.errors import Refused, Trouble
from ballot.trustee.folder import Folder
from ballot.trustee.passphrase import Passphrase
from ballot.trustee.session import Session

SHARE = "share.json"


def my_share(session: Session, key: ElectionKey) -> KeyShare:
    """Open the share file, and check that it is the share of this key that is this trustee's.

    Spec:   trustees §5.2.
    Raises: Trouble; Refused "share.key", "share.trustee".
    """
    share = open_share_file(session.folder, session.passphrase)
    if share.public_key != key.public_key:
        why = "The key on the board is another than the one that this share is of."
        raise Refused("share.key", SHARE, why)
    known = [one for one in key.trustees if one.number == share.number]
    point = native.write_point(native.base_times(share.secret))
    if share.number != session.seat.number or not known or known[0].point != point:
        why = f"It is not the share that the key has for trustee {session.seat.number}."
        raise Refused("share.trustee", SHARE, why)
    return share


def open_share_file(folder: Folder, passphrase: Passphrase) -> KeyShare:
    """Open the share file in the folder.  Raises: Trouble, Refused "sharefile.format"."""
    kept = folder.read(SHARE)
    if kept is None:
        raise Trouble(
            f"There is no share file in {folder.root}. If you have it elsewhere, copy it there as "
            f"{SHARE}; if you have the paper backup, run `python -m ballot.trustee restore`."
        )
    return require_share(passphrase.open(kept, "your share file"))


def require_share(opened: KeyShare | TrusteeSecret) -> KeyShare:
    """Refuse what a trustee keeps between the ceremony's steps in the place of a share."""
    if not isinstance(opened, KeyShare):
        raise Refused("sharefile.format", SHARE, "It is of the kind `ceremony`, and no share.")
    return opened


def keep_share(folder: Folder, sealed: bytes) -> None:
    """Write the share file; one that is there already stays, under another name."""
    before = folder.read(SHARE)
    if before is not None and before != sealed:
        number = 1
        while folder.read(f"share-before-{number}.json") is not None:
            number += 1
        folder.write(f"share-before-{number}.json", before)
    folder.write(SHARE, sealed)
