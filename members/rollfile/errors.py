"""What can be wrong with a membership list, and the words for it.

    FileRefused            the file as a whole cannot be read; nothing of it is taken
    MappingRefused         what was said of how to read a file does not fit together
    Problem                one cell of one row; the row is refused, the others are read

Each trouble has a name, a reason for the person who sent the file, and what to do about it.
Problems are values, not exceptions: a list with a thousand of them is still a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_SHOWN: Final = 80
# No database text holds a NUL, and the others would set a page or a terminal in disorder.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def shown(value: str) -> str:
    """What stood in the file as it can be stored and shown: short, its control characters as �."""
    text = value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
    return _CONTROL.sub("\ufffd", text)


def has_control(value: str) -> bool:
    """Whether a value holds a character that can be neither stored nor shown as it is."""
    return _CONTROL.search(value) is not None


class FileTrouble(StrEnum):
    """Why a whole file was refused."""

    EMPTY = "empty"
    NOT_UTF8 = "not_utf8"
    BROKEN_ENCODING = "broken_encoding"
    NOT_TEXT = "not_text"
    NOT_COMMAS = "not_commas"
    UNKNOWN_HEADER = "unknown_header"
    MISSING_COLUMNS = "missing_columns"
    REPEATED_COLUMN = "repeated_column"
    BROKEN_QUOTES = "broken_quotes"
    OLD_WORKBOOK = "old_workbook"
    OTHER_SPREADSHEET = "other_spreadsheet"
    COMPRESSED = "compressed"
    SPREADSHEET_BROKEN = "spreadsheet_broken"
    SPREADSHEET_TOO_LARGE = "spreadsheet_too_large"
    SPREADSHEET_MACROS = "spreadsheet_macros"
    SPREADSHEET_EMPTY = "spreadsheet_empty"


FILE_WORDS: Final[dict[FileTrouble, tuple[str, str]]] = {
    FileTrouble.EMPTY: (
        "The file is empty.",
        "Export the list again and send the new file.",
    ),
    FileTrouble.NOT_UTF8: (
        "The file is not in UTF-8, so accented letters cannot be read safely.",
        "In Excel choose Save As, CSV UTF-8 (comma delimited), and send that file.",
    ),
    FileTrouble.BROKEN_ENCODING: (
        "There are bytes in the file that its encoding does not have.",
        "Send the file again and choose another encoding, or save it as CSV UTF-8.",
    ),
    FileTrouble.NOT_TEXT: (
        "The file is not a CSV text file; it looks like a spreadsheet or a compressed file.",
        "Open it in the program that made it, save it as CSV UTF-8, and send that file.",
    ),
    FileTrouble.NOT_COMMAS: (
        "The columns are not separated by commas.",
        "Save the list as CSV UTF-8 (comma delimited), and send that file.",
    ),
    FileTrouble.UNKNOWN_HEADER: (
        "The first line does not name the columns.",
        "Make the first line the column names: number, family_name, section and the others.",
    ),
    FileTrouble.MISSING_COLUMNS: (
        "A column that every list must have is missing.",
        "Add the column, with its name in the first line.",
    ),
    FileTrouble.REPEATED_COLUMN: (
        "Two columns have the same name, so it is not known which one to read.",
        "Remove or rename one of them.",
    ),
    FileTrouble.BROKEN_QUOTES: (
        "A quotation mark is opened and never closed, so rows run into one another.",
        "Look at this line for a stray quotation mark, mend it, and send the file again.",
    ),
    FileTrouble.OLD_WORKBOOK: (
        "This is a workbook of the old kind (.xls), or one that is locked with a password.",
        "Open it, save it as .xlsx without a password or as CSV UTF-8, and send that file.",
    ),
    FileTrouble.OTHER_SPREADSHEET: (
        "This is a spreadsheet of a kind that is not read here; of spreadsheets, .xlsx is.",
        "Open it, save it as .xlsx or as CSV UTF-8, and send that file.",
    ),
    FileTrouble.COMPRESSED: (
        "This is a compressed file.",
        "Unpack it, and send the list that is in it.",
    ),
    FileTrouble.SPREADSHEET_BROKEN: (
        "The spreadsheet cannot be read: it is damaged, or not what it says it is.",
        "Open it, save it as CSV UTF-8, and send that file.",
    ),
    FileTrouble.SPREADSHEET_TOO_LARGE: (
        "The spreadsheet unpacks to more than can safely be read.",
        "Open it, delete the empty rows and columns around the list, save it as CSV UTF-8, "
        "and send that file.",
    ),
    FileTrouble.SPREADSHEET_MACROS: (
        "The spreadsheet holds macros, and programs are not taken in.",
        "Open it, save it as .xlsx without macros or as CSV UTF-8, and send that file.",
    ),
    FileTrouble.SPREADSHEET_EMPTY: (
        "No sheet of the spreadsheet has anything in it.",
        "Export the list again and send the new file.",
    ),
}


class FileRefused(Exception):
    """The whole file was refused. Carries the trouble, the line, and the text it met there."""

    def __init__(self, trouble: FileTrouble, *, line: int = 0, found: str = "") -> None:
        self.trouble = trouble
        self.line = line
        self.found = found
        super().__init__(trouble.value)

    @property
    def reason(self) -> str:
        return FILE_WORDS[self.trouble][0]

    @property
    def remedy(self) -> str:
        return FILE_WORDS[self.trouble][1]


class MappingRefused(ValueError):
    """A mapping that does not fit together. Carries the part and a sentence for the person."""

    def __init__(self, part: str, sentence: str) -> None:
        self.part = part
        self.sentence = sentence
        super().__init__(sentence)


class Trouble(StrEnum):
    """Why one cell, and with it its row, was refused."""

    NUMBER_MISSING = "number_missing"
    NUMBER_MALFORMED = "number_malformed"
    NUMBER_ROUNDED = "number_rounded"
    NUMBER_DECIMAL = "number_decimal"
    NUMBER_REPEATED = "number_repeated"
    ROW_REPEATED = "row_repeated"
    TWO_PEOPLE = "two_people"
    NAME_MISSING = "name_missing"
    EMAIL_MALFORMED = "email_malformed"
    DATE_MALFORMED = "date_malformed"
    DATE_UNLIKE = "date_unlike"
    DATE_IMPOSSIBLE = "date_impossible"
    DATE_WITHOUT_CENTURY = "date_without_century"
    DATE_IN_FUTURE = "date_in_future"
    DATE_TOO_EARLY = "date_too_early"
    SECTION_MISSING = "section_missing"
    SECTION_UNKNOWN = "section_unknown"
    STANDING_UNKNOWN = "standing_unknown"
    WORD_UNKNOWN = "word_unknown"
    NOT_YES_OR_NO = "not_yes_or_no"
    TOO_LONG = "too_long"
    HIDDEN_CHARACTER = "hidden_character"
    GARBLED = "garbled"
    FORMULA = "formula"
    CELLS_TOO_MANY = "cells_too_many"
    CELLS_TOO_FEW = "cells_too_few"


TROUBLE_WORDS: Final[dict[Trouble, tuple[str, str]]] = {
    Trouble.NUMBER_MISSING: (
        "There is no membership number.",
        "Add the number from the membership system.",
    ),
    Trouble.NUMBER_MALFORMED: (
        "A membership number may have letters, digits, spaces, hyphens and slashes only.",
        "Write the number as the membership system shows it.",
    ),
    Trouble.NUMBER_ROUNDED: (
        "A spreadsheet has rounded this number, and its last digits are lost.",
        "Export the list again and keep the column as text.",
    ),
    Trouble.NUMBER_DECIMAL: (
        "A spreadsheet has made a decimal of this number.",
        "Export the list again and keep the column as text.",
    ),
    Trouble.NUMBER_REPEATED: (
        "This number stands on more than one row, with different details.",
        "Find out which row is right and remove the others.",
    ),
    Trouble.ROW_REPEATED: (
        "This row is a copy of an earlier one, which was read.",
        "Nothing, unless the number should have been another.",
    ),
    Trouble.TWO_PEOPLE: (
        "Two people stand on this row, and each of them has a vote of their own.",
        "Give each a row, with a number of their own.",
    ),
    Trouble.NAME_MISSING: (
        "There is no family name.",
        "Add it. Somebody with one name only has it in family_name.",
    ),
    Trouble.EMAIL_MALFORMED: (
        "This is not an e-mail address that mail can be sent to.",
        "Correct it, or leave the cell blank.",
    ),
    Trouble.DATE_MALFORMED: (
        "Dates are read as year-month-day only, so that 3/4 is never guessed.",
        "Write it like 2016-01-12.",
    ),
    Trouble.DATE_UNLIKE: (
        "This is not a date in the order that was chosen for this column.",
        "Write it like 2016-01-12, or choose another order.",
    ),
    Trouble.DATE_IMPOSSIBLE: (
        "There is no such day in the calendar.",
        "Correct the date, or leave the cell blank.",
    ),
    Trouble.DATE_WITHOUT_CENTURY: (
        "A year of two digits does not say in which century somebody was born.",
        "Have the column written with years of four digits, or leave it out.",
    ),
    Trouble.DATE_IN_FUTURE: (
        "This date has not come yet.",
        "Correct the date, or leave the cell blank.",
    ),
    Trouble.DATE_TOO_EARLY: (
        "This date is before 1901.",
        "Correct the date, or leave the cell blank.",
    ),
    Trouble.SECTION_MISSING: (
        "Somebody new needs a section.",
        "Write the section's code or name.",
    ),
    Trouble.SECTION_UNKNOWN: (
        "No section has this code or name.",
        "Write one of the sections shown on the upload page, or add the section there first.",
    ),
    Trouble.STANDING_UNKNOWN: (
        "This is not a standing that is known here.",
        "Write good, arrears, lapsed, suspended, excluded, resigned or deceased.",
    ),
    Trouble.WORD_UNKNOWN: (
        "It was not said what this word means for a standing.",
        "Send the file again and say what it means, or write one of the standings known here.",
    ),
    Trouble.NOT_YES_OR_NO: (
        "This column is answered by yes or no.",
        "Write yes or no, or leave the cell blank.",
    ),
    Trouble.TOO_LONG: (
        "This is longer than the column can hold.",
        "Shorten it, or see whether two cells have run together.",
    ),
    Trouble.HIDDEN_CHARACTER: (
        "There is a character here that cannot be seen, such as a change of direction.",
        "Type the value again.",
    ),
    Trouble.GARBLED: (
        "Accented letters have been damaged on the way (such as SiÃ¢n for Siân).",
        "Export the list again as CSV UTF-8.",
    ),
    Trouble.FORMULA: (
        "This is a spreadsheet formula, not a value.",
        "Replace it with the value that it shows.",
    ),
    Trouble.CELLS_TOO_MANY: (
        "This row has more cells than the first line has columns.",
        "Look for a comma inside a value that should be in quotation marks.",
    ),
    Trouble.CELLS_TOO_FEW: (
        "This row has fewer cells than the first line has columns.",
        "Look for a row cut short, or a totals line, and mend or remove it.",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One refused cell: which column, what stood there (at most 80 characters), and why."""

    column: str
    value: str
    trouble: Trouble

    @property
    def reason(self) -> str:
        return TROUBLE_WORDS[self.trouble][0]

    @property
    def remedy(self) -> str:
        return TROUBLE_WORDS[self.trouble][1]
