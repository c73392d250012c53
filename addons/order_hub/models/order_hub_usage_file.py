import csv
import io

import xlsxwriter

from odoo import api, models

from ..engine import usage as engine
from .order_hub_usage_page import COLUMNS

#: What a spreadsheet would take for a formula at the beginning of a text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class OrderHubUsage(models.AbstractModel):
    """The usage as a file: a row per item and week, text never a formula."""

    _inherit = "order.hub.usage"

    @api.model
    def _file_rows(self, partner, company, now, weeks):
        """Return the head and the rows of the file.

        Texts and dates as text, quantities as numbers in the unit of the row.
        """
        head = [
            self.env._("Your Code"),
            self.env._("Your Name"),
            self.env._("Our Code"),
            self.env._("Unit"),
            self.env._("Week From"),
            self.env._("Ordered"),
            self.env._("Firm"),
            self.env._("Planned"),
            self.env._("Forecast"),
            self.env._("Total"),
        ]
        weeks = engine.clamp_weeks(weeks)
        days = [day.isoformat() for day in self._mondays(company, now, weeks)]
        rows = self._rows(partner, company, now, weeks)
        step = self.env["decimal.precision"].precision_get("Product Unit")
        return head, [
            [
                row["code"],
                row["name"],
                row["our_code"],
                row["unit"],
                day,
                *(round(row[column][week], step) for column in COLUMNS),
            ]
            for row in rows
            for week, day in enumerate(days)
        ]

    @api.model
    def _csv(self, partner, company, now, weeks):
        """Return a CSV file (UTF-8 with mark, so that Excel reads it as such)."""
        head, rows = self._file_rows(partner, company, now, weeks)
        stream = io.StringIO()
        writer = csv.writer(stream)
        for row in (head, *rows):
            writer.writerow([self._harmless(value) for value in row])
        return stream.getvalue().encode("utf-8-sig")

    def _harmless(self, value):
        """Return a value that no spreadsheet takes for a formula."""
        is_text = isinstance(value, str)
        return f"'{value}" if is_text and value.startswith(FORMULA_SIGNS) else value

    @api.model
    def _xlsx(self, partner, company, now, weeks):
        """Return a workbook with one sheet and no properties but its title."""
        head, rows = self._file_rows(partner, company, now, weeks)
        stream = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        title = self.env._("Expected Usage")
        with xlsxwriter.Workbook(stream, options) as book:
            book.set_properties({"title": title})
            sheet = book.add_worksheet(title[:31])
            bold = book.add_format({"bold": True, "bottom": 1})
            sheet.write_row(0, 0, head, bold)
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, row)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 4, 16)
            sheet.autofilter(0, 0, max(1, len(rows)), len(head) - 1)
        return stream.getvalue()
