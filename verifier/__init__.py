"""Check a contest from its bundle, believing nobody: written from docs/spec, and from nothing else.

It shares no line with the server: only the standard library of Python 3.11 or later is imported,
so the folder can be copied and run anywhere. README.md says how. Each file is one subject of
docs/spec/sealing.md ("§" in them is its number, unless they name another part of the spec).

The bundle and its board (bundle, board):

    __main__, report   the command; what it prints
    in_page            the same for a browser's page
    checks, known      the sixteen checks of bundle §5; what they hand on to one another
    until_close        checks 1 to 10
    after_close        checks 11 to 16
    bundle             files from a zip, a folder or an address; blobs           bundle 2
    tree, notes, log   the tree; signed notes and checkpoints; tiles, entries    board 3 to 7
    outside, receipts  what the reader brings; receipts and proof files          board 7, 8
    forms, kinds       forms of JSON; the form and the time of each kind         bundle 3, 4
    board, order       the entries, read; their order                            bundle 3, 4
    opening            the notice and the opening                                bundle 5
    ceremonies, held   how the trustees made the key; who still holds a share    bundle 4.5
    roll, credentials  electors by section; keys                                 bundle 4.1, 5
    key_changes        keys of amendments, sealed during the poll                bundle 4.1
    issuer             an outside issuer's signatures                            sealing 5.5
    cast, aside        ballots under their keys; those set aside                 bundle 5
    post               what came by post                                         bundle 4.6
    challenges         papers that were challenged, and are not counted          bundle 5
    reconciliation     its figures                                               bundle 4.2
    destroyed          what a destruction took and left                          bundle 4.8
    closed, mixing     boxes at the close; their mixes                           bundle 4.2, 5
    unsealing          parts and profiles                                        bundle 4.3, 5
    counting, sheets   counts and their sheets                                   counting 10
    declaration        the declaration                                           bundle 4.4
    device             the answer to an elector who challenges their device

The mathematics reads neither files nor the network: arguments are bytes, numbers and sequences.

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
    challenged, words  a challenged paper made again; a tracker in words    §6.6, §6.7
    boxes              what goes into a mix                                 §7
    mixes, shuffle     mixes: their bytes; their equations                  §8
    chacha             what a share is sealed under, RFC 8439               §9.3
    messages, ceremony the messages of a key ceremony, and what they make   §9
    keys               the key itself, and who still holds a share          §9.6, §9.7
    openings           partial openings, and what comes out of the box      §10
    papers, rules      what is counted, and by which rules                  counting 2, 3
    ties, count        the count                                            counting 4 to 7, 10.1
    workers            several processes

A check raises `Failed` and returns nothing that could be ignored; one that looks at many things
raises an ExceptionGroup with a `Failed` for each that is wrong. `except*` takes both.
"""
