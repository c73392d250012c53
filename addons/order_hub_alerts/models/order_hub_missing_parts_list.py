import re

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

from ..engine.sheets import DAY, QUANTITY, Column, Sheet, workbook


class OrderHubMissingPartsList(models.AbstractModel):
    """The missing parts of an order as a workbook to take along to the shelves."""

    _inherit = "order.hub.missing.parts"

    @api.model
    def _file(self, order, wanting, names, now):
        """Return an XLSX file in the language of the context.

        :param order: one ``sale.order`` (sudo)
        :param wanting: its :class:`Wanting`
        :param names: as :meth:`_names` gives them
        :param now: naive UTC, the moment for which it holds
        :rtype: bytes
        """
        sheet = Sheet(
            self.env._("Missing Parts"),
            self._columns(),
            [self._cells(order, part, names) for part in wanting.parts],
            self._heading(order, wanting, now),
        )
        return workbook([sheet], title=self._file_title(order))

    def _file_title(self, order):
        return self.env._("Missing parts of %s", order.name)

    def _file_name(self, order):
        """Return how the file is called, with nothing a file system trips over."""
        return re.sub(r"[^\w.-]+", "-", self._file_title(order)) + ".xlsx"

    def _heading(self, order, wanting, now):
        """Return the lines above the table: which order, promised and possible when."""
        place = order.warehouse_id.display_name or "–"
        return [
            self._file_title(order),
            self.env._(
                "Customer: %(customer)s · Warehouse: %(place)s",
                customer=order.partner_id.display_name or "–",
                place=place,
            ),
            self.env._(
                "Promised: %(promised)s · possible now: %(possible)s",
                promised=self._day_text(order, order.hub_promised_date),
                possible=self._day_text(order, wanting.new_date),
            ),
            self.env._("As of %s", self._moment_text(order, now)),
        ]

    def _columns(self):
        return [
            Column(self.env._("Part"), width=18),
            Column(self.env._("Description"), width=34),
            Column(self.env._("Missing"), QUANTITY, 11),
            Column(self.env._("Unit"), width=9),
            Column(self.env._("Needed"), QUANTITY, 11),
            Column(self.env._("Reserved"), QUANTITY, 11),
            Column(self.env._("Free in Stock"), QUANTITY, 11),
            Column(self.env._("Expected"), DAY, 12),
            Column(self.env._("Comes From"), width=22),
            Column(self.env._("Supplier"), width=26),
        ]

    def _cells(self, order, part, names):
        """Return one row of the table."""
        products, partners = names
        product = products[part.product]
        supplier = partners.get(part.partner)
        return [
            product.default_code or "",
            product.with_context(display_default_code=False).display_name,
            part.missing,
            product.uom_id.name,
            part.needed,
            part.held,
            max(0.0, part.free),
            part.expected and self._local(order, part.expected).date(),
            self._source_text(part),
            supplier.display_name if supplier else "",
        ]

    def _source_text(self, part):
        """Return how sure the expected day is: what brings it, or what to do."""
        documents = ", ".join(part.documents)
        return {
            "ordered": documents,
            "asked": self.env._("%s (not confirmed)", documents),
            "supplier": self.env._("if ordered today"),
        }.get(part.source, self.env._("nobody knows: no order, no supplier"))

    # === WORDS === #

    def _day_text(self, order, moment):
        """Return a day as its readers write it, in the company's time zone."""
        return format_date(self.env, self._local(order, moment)) if moment else "–"

    def _moment_text(self, order, moment):
        zone = order.company_id._hub_time_zone()
        return format_datetime(self.env, moment, tz=zone, dt_format="short")

    def _local(self, order, moment):
        zone = order.company_id._hub_time_zone()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)

    def _language(self):
        return self.env["res.lang"]._lang_get(self.env.lang or "en_US")

    def _part_text(self, part, names):
        """Return one part as a line of a letter."""
        products, _partners = names
        product = products[part.product]
        return self.env._(
            "%(quantity)s %(unit)s %(part)s",
            quantity=self._quantity_text(part.missing),
            unit=product.uom_id.name,
            part=product.display_name,
        )

    def _quantity_text(self, quantity):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        text = self._language().format(f"%.{digits}f", quantity, grouping=True)
        point = self._language().decimal_point
        return text.rstrip("0").rstrip(point) if point in text else text
