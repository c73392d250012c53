"""Doubts of the workbook reader in the user's language."""

from odoo import api, models

from ..engine.workbook.doubts import doubt_figures
from ..engine.workbook.model import Doubt


class OrderHubWorkbookWords(models.AbstractModel):
    """What ``engine.workbook.doubts`` says, translated."""

    _name = "order.hub.workbook.words"
    _description = "Words of the Workbook Reader"

    @api.model
    def _say(self, code, row=0, column=0, figures=None):
        """Return a doubt as a sentence; the code itself where there is none.

        :param row: of the sheet, from 1; 0: none
        :param column: of the sheet, from 1; 0: none
        :param figures: values for the sentence, as the reader gave them
        """
        words = self._sentences().get(code, code)
        try:
            return words % doubt_figures(Doubt(code, row, column, figures or {}))
        except (KeyError, TypeError, ValueError):
            return code

    @api.model
    def _sentences(self):
        """Return ``{code: sentence}`` with places for figures."""
        return {
            "no_cached_value": self.env._(
                "%(place)s has a formula whose value was not saved. Open the file "
                "in a spreadsheet and save it again, or type the value."
            ),
            "error_value": self.env._("%(place)s holds an error instead of a value."),
            "text_cut": self.env._(
                "%(place)s has %(length)s characters; only the first ones were kept."
            ),
            "wrong_total": self.env._(
                "The sum in %(place)s is not that of its rows, which is %(sum)s."
            ),
            "no_header": self.env._(
                "The table that begins in row %(row)s has no column names."
            ),
            "precision_lost": self.env._(
                "The number in %(place)s has more than 15 digits and was saved as "
                "%(text)s: its last digits are lost. Look it up where it came from."
            ),
            "fraction_in_code": self.env._(
                "The number in %(place)s reads %(text)s though it is a code."
            ),
            "date_in_code": self.env._(
                "%(place)s holds the date %(text)s where a code belongs: the "
                "program that saved the file took the code for a date."
            ),
            "unknown_unit": self.env._(
                "%(place)s reads %(text)s: the unit is not known."
            ),
            "not_date": self.env._("%(place)s reads %(text)s, which is no date."),
            "two_dates": self.env._(
                "%(place)s reads %(text)s: day and month may be the other way round."
            ),
            "odd_year": self.env._("The date in %(place)s is in the year %(year)s."),
            "not_number": self.env._("%(place)s reads %(text)s, which is no number."),
            "not_flag": self.env._(
                "%(place)s reads %(text)s, which is neither yes nor no."
            ),
            "two_quantities": self.env._(
                "%(place)s reads %(text)s: packs and single ones together."
            ),
            "two_currencies": self.env._(
                "%(place)s reads %(text)s: another currency than the column."
            ),
            "merged_number": self.env._(
                "%(place)s is merged over several rows: the number may be meant "
                "once for all of them."
            ),
            "wrong_amount": self.env._(
                "Row %(row)s: quantity times price is %(reckoned)s, the amount says"
                " %(amount)s."
            ),
        }
