from markupsafe import Markup

from odoo import api, models

from ..engine import duty as engine


class OrderHubDuty(models.AbstractModel):
    """Duty explained: per line the rule used, its base and what it comes to."""

    _inherit = "order.hub.duty"

    @api.model
    def _explanation(self, kept):
        """Return a table in HTML for what ``_kept`` kept, in the reader's language."""
        if not kept:
            return False
        if not kept["table"]:
            return Markup("<p>%s</p>") % self._no_table(kept["destination"])
        products = self.env["product.product"].sudo()
        rows = Markup("").join(
            self._row(products.browse(line["product"]), line, kept)
            for line in kept["lines"]
        )
        return Markup(
            "<p>%s</p><table class='table table-sm'><thead><tr>%s</tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (self._headline(kept), self._head(), rows)

    def _no_table(self, destination):
        country = self._country_name(destination)
        return self.env._(
            "No duty table is in force for %s on the order's date: nothing is known, "
            "which does not mean that nothing is due.",
            country,
        )

    def _country_name(self, code):
        country = self.env["res.country"].sudo().search([("code", "=", code)], limit=1)
        return country.name or code

    def _headline(self, kept):
        table = self.env["order.hub.duty.table"].sudo().browse(kept["table"]).exists()
        return self.env._(
            "%(table)s. Destination %(country)s, rates of %(day)s. Goods: %(value)s "
            "%(currency)s (1 %(own)s = %(factor)s %(currency)s).",
            table=table.display_name or "–",
            country=self._country_name(kept["destination"]),
            day=kept["day"],
            value=kept["value"],
            currency=kept["table_currency"],
            own=kept["currency"],
            factor=kept["factor"],
        )

    def _head(self):
        labels = (
            self.env._("Product"),
            self.env._("HS Code"),
            self.env._("Origin"),
            self.env._("Customs Value"),
            self.env._("Rule"),
            self.env._("Duty"),
        )
        return Markup("").join(Markup("<th>%s</th>") % label for label in labels)

    def _row(self, product, line, kept):
        cells = (
            product.exists().display_name or "–",
            line["hs"] or "–",
            line["origin"] or "–",
            line["base"],
            self._rule(line),
            f"{line['duty']} {kept['currency']}" if "duty" in line else "?",
        )
        return Markup("<tr>%s</tr>") % Markup("").join(
            Markup("<td>%s</td>") % cell for cell in cells
        )

    def _rule(self, line):
        """Return in words which rate decided, or what is missing."""
        if line["state"] in engine.MISSING:
            return self._missing_words()[line["state"]]
        used = self.env._(
            "%(percent)g %% on HS %(prefix)s",
            percent=line["percent"],
            prefix=line["prefix"],
        )
        limits = {
            "minimum": self.env._("least duty a unit"),
            "maximum": self.env._("most duty a unit"),
        }
        if line["state"] == engine.BELOW:
            below = self.env._("below the threshold, nothing is due")
            return f"{used}: {below}"
        if line.get("limit"):
            return f"{used}: {limits[line['limit']]}"
        return used

    def _missing_words(self):
        return {
            engine.NO_CODE: self.env._("The product has no HS code."),
            engine.NO_ORIGIN: self.env._(
                "The rate depends on the origin, and the product has none."
            ),
            engine.NO_RATE: self.env._("The table has no rate for this HS code."),
        }
