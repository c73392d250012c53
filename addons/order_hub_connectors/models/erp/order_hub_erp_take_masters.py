from odoo import models

from ...engine.erp.values import coded


class OrderHubErp(models.Model):
    """Customers and products of the other system: tied by number, made if asked."""

    _inherit = "order.hub.erp"

    def _take_customer(self, run, table, found, known):
        """Tie customers by the number that the channel or the contact has."""
        records = [*found["new"], *found["changed"]]
        numbers = {self._number(record) for record in records} - {""}
        partners = self._partners_by_number(numbers)
        if table.creates:
            partners.update(self._make_partners(records, partners))
        self._learn_customers(partners)
        self._put_masters(table, records, known, "partner_id", partners)

    def _number(self, record):
        values = record.values
        return str(values.get("external_ref") or values.get("sku") or "").strip()

    def _partners_by_number(self, numbers):
        """Return ``{number: partner id}``: those known by it, and by one only."""
        if not numbers:
            return {}
        found = {}
        rows = self.env["res.partner"].search(
            [
                ("ref", "in", list(numbers)),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        for number, each in rows.grouped("ref").items():
            if len(each) == 1:
                found[number] = each.id
        ties = self.env["order.hub.channel.partner"].search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("external_ref", "in", list(numbers)),
            ]
        )
        found.update({row.external_ref: row.partner_id.id for row in ties})
        return found

    def _make_partners(self, records, partners):
        new = {}
        for record in records:
            number, values = self._number(record), record.values
            if number and number not in partners and values.get("name"):
                new[number] = {
                    "ref": number,
                    "name": values["name"],
                    "company_id": self.company_id.id,
                    **{
                        name: values[name]
                        for name in ("phone", "email", "street", "city", "zip", "vat")
                        if values.get(name)
                    },
                }
        made = self.env["res.partner"].create(list(new.values()))
        return dict(zip(new, made.ids, strict=True))

    def _learn_customers(self, partners):
        """Let orders of the channel find their customers by the same numbers."""
        if not (partners and self.channel_id):
            return
        Tie = self.env["order.hub.channel.partner"]
        known = Tie.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("external_ref", "in", list(partners)),
            ]
        ).mapped("external_ref")
        Tie.create(
            [
                {
                    "channel_id": self.channel_id.id,
                    "external_ref": number,
                    "partner_id": partner_id,
                }
                for number, partner_id in partners.items()
                if number not in known
            ]
        )

    def _take_product(self, run, table, found, known):
        """Tie products by their code."""
        records = [*found["new"], *found["changed"]]
        codes = {self._number(record) for record in records} - {""}
        products = self._products_by_code(codes)
        if table.creates:
            products.update(self._make_products(records, products))
        self._put_masters(table, records, known, "product_id", products)

    def _products_by_code(self, codes):
        rows = self.env["product.product"].search(
            [
                ("default_code", "in", list(codes)),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        grouped = rows.grouped("default_code").items()
        return {code: each.id for code, each in grouped if len(each) == 1}

    def _make_products(self, records, products):
        new = {}
        for record in records:
            code, values = self._number(record), record.values
            if code and code not in products and values.get("name"):
                new[code] = {
                    "default_code": code,
                    "name": values["name"],
                    "type": "consu",
                    "is_storable": True,
                    "company_id": self.company_id.id,
                }
        made = self.env["product.product"].create(list(new.values()))
        return dict(zip(new, made.ids, strict=True))

    def _put_masters(self, table, records, known, name, ids):
        rows = {
            record.key: {
                "number": self._number(record) or None,
                "raw_key": list(map(coded, record.raw_key)),
                "digest": record.digest,
                "version": (known[record.key].version if record.key in known else 0)
                + 1,
                "state": "known",
                "reason": None,
                name: ids.get(self._number(record)) or None,
            }
            for record in records
        }
        self.env["order.hub.erp.key"].sudo()._put(table, rows, known)
