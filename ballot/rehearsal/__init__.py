"""A rehearsal: a whole election, through the services of the real one, from a profile of papers.

Officers use it to try their contest at full size. A synthetic roll is imported and frozen, codes
are made, every paper of the profile is sealed and cast through the casting service, and the box is
closed, verified, mixed, opened, counted and declared; at the end the count is compared with the
profile that went in. It belongs in a scratch database (management command `rehearse`), for it
holds the trustees' shares itself and reads the voting codes that no real election can read.
"""
