import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.duty_file import read_rates


class OrderHubDutyImport(models.TransientModel):
    """Fills a draft of a duty table from a CSV file, whole or not at all."""

    _name = "order.hub.duty.import"
    _description = "Import of Duty Rates"

    table_id = fields.Many2one(
        "order.hub.duty.table", "Duty Table", required=True, readonly=True
    )
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    replace = fields.Boolean("Replace Present Rates", default=True)

    def action_import(self):
        """Add the rates of the file.

        :raise UserError: with every mistake of the file
        """
        self.ensure_one()
        self.table_id._check_draft()
        rows, problems = read_rates(self._bytes())
        if problems:
            raise UserError("\n".join(self._words(problem) for problem in problems))
        vals = self._vals(rows)
        if self.replace:
            self.table_id.rate_ids.unlink()
        self.env["order.hub.duty.rate"].create(vals)
        return {"type": "ir.actions.act_window_close"}

    def _bytes(self):
        try:
            return base64.b64decode(self.file or b"", validate=True)
        except binascii.Error as error:
            raise UserError(self.env._("The file cannot be read.")) from error

    def _vals(self, rows):
        codes = {row["origin"] for row in rows} - {""}
        countries = self.env["res.country"].search([("code", "in", list(codes))])
        by_code = {country.code: country.id for country in countries}
        unknown = sorted(codes - set(by_code))
        if unknown:
            raise UserError(
                self.env._(
                    "There is no country with the code %s.", ", ".join(unknown[:20])
                )
            )
        return [
            {
                "table_id": self.table_id.id,
                "hs_code": row["hs_code"],
                "origin_id": by_code.get(row["origin"], False),
                "percent": row["rate"],
                "threshold_kind": row["threshold_kind"],
                "threshold": row["threshold"],
                "minimum": row["minimum"],
                "maximum": row["maximum"],
                "note": row["note"],
            }
            for row in rows
        ]

    def _words(self, problem):
        """Return one mistake as a sentence."""
        place = {"row": problem.row, "value": problem.value}
        words = {
            "size": self.env._("The file is larger than %(value)s MB.", **place),
            "encoding": self.env._("The file is not UTF-8. Save it as CSV UTF-8."),
            "columns": self.env._(
                "The first row needs the columns hs_code and rate; it has: %(value)s.",
                **place,
            ),
            "rows": self.env._(
                "A file has between 1 and 50,000 rates; this one: %(value)s.", **place
            ),
            "hs_code": self.env._(
                "Row %(row)s: “%(value)s” is no HS code of two to ten digits.", **place
            ),
            "number": self.env._(
                "Row %(row)s: “%(value)s” is no number of 0 or more.", **place
            ),
            "origin": self.env._(
                "Row %(row)s: “%(value)s” is no two-letter code of a country.", **place
            ),
            "double": self.env._(
                "Row %(row)s: HS %(value)s with this origin is there twice.", **place
            ),
        }
        return words[problem.code]
