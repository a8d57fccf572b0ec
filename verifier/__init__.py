"""Check an election's mathematics, believing nobody: written from docs/spec, and from nothing else.

It shares no line with the server: only the standard library of Python 3.11 or later is imported,
so the folder can be copied and run anywhere. Each file is one subject of docs/spec/sealing.md ("§"
in them is its number, unless they say "counting") or of docs/spec/counting.md. None reads files or
the network: arguments are bytes, numbers and sequences.

    failure            what a check says when it does not hold
    canonical          JSON, hashes, streams                                §2
    columns, record    items end to end in bytes; fields of JSON objects
    group              secp256k1: points, scalars                           §3.1, §3.2
    sums               sums of points with numbers before them              §11.1
    generators         the shuffle's generators                             §3.5
    setting            what every challenge binds, and names                §3.4
    rankings           the numbers of rankings                              §4
    claims             claims that s·G = A + e·B, many at once              §6.5
    equality           proofs of one secret behind two points               §10.2
    signature          BIP 340                                              §6.3
    ed25519            RFC 8032, for the board's checkpoints
    ballots            sealed ballots                                       §6
    boxes              what goes into a mix                                 §7
    mixes, shuffle     mixes: their bytes; their equations                  §8
    chacha             what a share is sealed under, RFC 8439               §9.3
    messages, ceremony how the trustees made the key                        §9
    keys               the key itself, and who still holds a share          §9.6, §9.7
    openings           partial openings, and what comes out of the box      §10
    papers, rules      what is counted, and by which rules                  counting 2, 3
    ties, count        the count                                            counting 4 to 7, 10.1
    workers            several processes

A check raises `Failed` and returns nothing that could be ignored; one that looks at many things
raises an ExceptionGroup with a `Failed` for each that is wrong. `except*` takes both.
"""
