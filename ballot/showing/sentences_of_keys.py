"""What the entries about the trustees’ key and the voting codes say, in sentences (bundle §4)."""

from __future__ import annotations

from ballot.showing.wording import Content, Sentences, how_many, many


def _ceremony(content: Content) -> str:
    names = ", ".join(content["trustees"])
    return (
        f"These trustees begin to make the key, {content['quorum']} of whom will open a box: "
        f"{names}. What was made before it counts for nothing."
    )


_STEPS: dict[str, str] = {
    "commitment": "fixed what they will bring to the key, by its hash",
    "reveal": "showed what they bring to the key",
    "dealing": "dealt the others their shares of it, each sealed to its holder",
    "received": "checked the shares that they were dealt",
    "confirmation": "confirmed the key, and that they hold their share of it",
}


def _message(content: Content) -> str:
    message, step = content["message"], content["step"]
    said = f"Trustee {message['number']} {_STEPS[step]}"
    if step != "received":
        return f"{said}."
    dealers = " and ".join(f"trustee {one['dealer']}" for one in message["complaints"])
    if dealers:
        return f"{said}, and found false what {dealers} dealt."
    return f"{said}, and found all of them good."


def _held(content: Content) -> str:
    return f"Trustee {content['trustee']} proved that they still hold their share of the key."


def _key(content: Content) -> str:
    names = ", ".join(one["name"] for one in content["trustees"])
    return f"{content['quorum']} of these trustees open a box: {names}."


def _credentials(content: Content) -> str:
    total = sum(one["credentials"] for one in content["sections"])
    return f"The public keys of {how_many(total, 'voting code')}, by section and sorted."


def _keys(content: Content) -> str:
    if "sealed" in content:
        return (
            "What the issuer answered to amendments of the roll. The number of codes made and "
            "ended is told after the close, so that it does not show who had voted."
        )
    issued = sum(one["credentials"] for one in content["issued"])
    dead = content["revoked"]["credentials"] if content["revoked"] else 0
    return (
        f"What the issuer answered to amendments of the roll: {issued:,} voting "
        f"{'code' if issued == 1 else 'codes'} made, {dead:,} ended."
    )


def _reissue(content: Content) -> str:
    return f"A new code came into force, and {many(content['revoked'], 'code')} before it ended."


KEYS: Sentences = {
    "ceremony": ("The key ceremony began", _ceremony),
    "ceremony-message": ("A step of the key ceremony", _message),
    "share-held": ("A trustee holds their share", _held),
    "key": ("The trustees’ key", _key),
    "credentials": ("Voting codes", _credentials),
    "keys": ("Voting codes after amendments", _keys),
    "reissue": ("A code was replaced", _reissue),
}
