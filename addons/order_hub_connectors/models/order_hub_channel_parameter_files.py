from odoo import models

from ..engine.table import ENCODINGS


class OrderHubChannelParameter(models.Model):
    """The settings of files and of e-mails, in the words of the reader's language."""

    _inherit = "order.hub.channel.parameter"

    def _words(self):
        words = super()._words()
        if self.channel_id.adapter in ("table", "email"):
            words.update(self._words_of_files())
        return words

    def _words_of_files(self):
        return {
            "key_column": {
                "label": self.env._("Column of the order's number"),
                "help": self.env._(
                    "Rows with the same number are one order. Several names: with | "
                    "between. Empty: the usual names, for example 订单号 or Order No."
                ),
            },
            "header_row": {
                "label": self.env._("Row of the column names"),
                "help": self.env._("Empty: found out, among the first 20 rows."),
            },
            "sheet": {
                "label": self.env._("Sheet"),
                "help": self.env._("Empty: the first one with rows."),
            },
            "encoding": {
                "label": self.env._("Encoding of CSV files"),
                "help": self.env._(
                    "Empty: found out. Known are: %s.", ", ".join(ENCODINGS)
                ),
            },
            "separator": {
                "label": self.env._("Separator of CSV files"),
                "help": self.env._("One of , ; | or tab. Empty: found out."),
            },
        }
