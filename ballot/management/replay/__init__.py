"""Labour's contest of 2016, replayed at a fraction of its size through the services of the pages.

One module a part of the contest, in their order in contest.py. Nothing here decides anything that a
service should: a step says who does what and when, and what has to come of it.
"""
