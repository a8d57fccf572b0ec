"""What of the reading of a list runs in processes of its own.

A workbook is unpacked by a child under limits (spreadsheet, unpacking), and the rows of a long list
are judged by two processes at once (second, dividing). What they do with a list is the core's
(members.rollfile), which knows nothing of processes.
"""
