"""A trustee's own software: `python -m ballot.trustee`, on the trustee's own machine.

It takes part in the key ceremony, shows that the share is still held, mixes and opens, all by
docs/spec/trustees.md.  What the server says only tells it what there is to do; whatever it decides
on it reads from the board and checks, and nothing leaves before that (trustees §5).  It shares the
core (`ballot.board`, `ballot.sealing`) with the server, and knows no framework.

    errors, forms              what is refused, and reading what others wrote
    address, server, seat      the seat's address, requests, what is due     trustees 2, 3
    folder, passphrase         what is kept, and under what                  sealing 9.8
    copy, record               the board: downloaded, checked, read          board 3, 4, 6
    published, ceremony, held  the key                                       sealing 9
    poll, keys_named, issuer   the poll, the credentials, who signed them    bundle 4.1, sealing 5.5
    roll, cast, aside          the ballots, and which do not count           bundle 4.1, sealing 6
    boxes, mixes, mixing       which boxes there are, and their mixes        bundle 4.2, sealing 8
    opening, opened            the part of a box, and one list a box, ever   sealing 10
    paper                      the share file on paper, and back
    session, due, __main__     one run of the command
"""
