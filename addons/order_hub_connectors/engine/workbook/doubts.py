"""Doubts in words: what happened, where, and what to do."""

from openpyxl.utils import get_column_letter

from .model import Doubt

#: ``{code: English sentence}``; figures of the doubt and ``place`` may be named.
DOUBTS = {
    "no_cached_value": "%(place)s has a formula whose value was not saved. Open the "
    "file in a spreadsheet and save it again, or type the value.",
    "error_value": "%(place)s holds an error instead of a value.",
    "text_cut": "%(place)s has %(length)s characters; only the first ones were kept.",
    "wrong_total": "The sum in %(place)s is not that of its rows, which is %(sum)s.",
    "no_header": "The table that begins in row %(row)s has no column names.",
    "precision_lost": "The number in %(place)s has more than 15 digits and was saved "
    "as %(text)s: its last digits are lost. Look it up where it came from.",
    "fraction_in_code": "The number in %(place)s reads %(text)s though it is a code.",
    "date_in_code": "%(place)s holds the date %(text)s where a code belongs: the "
    "program that saved the file took the code for a date.",
    "unknown_unit": "%(place)s reads %(text)s: the unit is not known.",
    "not_date": "%(place)s reads %(text)s, which is no date.",
    "two_dates": "%(place)s reads %(text)s: day and month may be the other way round.",
    "odd_year": "The date in %(place)s is in the year %(year)s.",
    "not_number": "%(place)s reads %(text)s, which is no number.",
    "not_flag": "%(place)s reads %(text)s, which is neither yes nor no.",
    "two_quantities": "%(place)s reads %(text)s: packs and single ones together.",
    "two_currencies": "%(place)s reads %(text)s: another currency than the column.",
    "merged_number": "%(place)s is merged over several rows: the number may be meant "
    "once for all of them.",
    "wrong_amount": "Row %(row)s: quantity times price is %(reckoned)s, the amount "
    "says %(amount)s.",
}


def place(doubt: Doubt) -> str:
    """Return the cell of a doubt as people name it, e.g. ``C12``."""
    letter = get_column_letter(doubt.column) if doubt.column else ""
    return f"{letter}{doubt.row or ''}"


def doubt_words(doubt: Doubt) -> str:
    """Return an English sentence; callers translate by ``DOUBTS`` and figures."""
    return DOUBTS[doubt.code] % doubt_figures(doubt)


def doubt_figures(doubt: Doubt) -> dict:
    """Return the figures of a doubt for its words."""
    return {"row": doubt.row, **doubt.figures, "place": place(doubt)}
