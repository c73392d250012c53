from collections import defaultdict

from babel.numbers import format_decimal

from odoo import api, fields, models
from odoo.tools import babel_locale_parse, format_datetime, get_lang
from odoo.tools.i18n import format_list
from odoo.tools.mail import html2plaintext

from ..engine.version import (
    ADDED,
    HEADER_FIELDS,
    LINE_FIELDS,
    REMOVED,
    diff,
    in_reading_order,
)

#: Fields that hold ids, and of what.
MODELS = {
    "carrier": "delivery.carrier",
    "payment_term": "account.payment.term",
    "unit": "uom.uom",
    "taxes": "account.tax",
}
ADDRESSES = ("shipping", "invoicing")
MONEY = ("untaxed", "tax", "total", "price")
NUMBERS = ("quantity", "discount", "lead")
#: What a line of the page shows in words of its own, not as a field.
LINE_COLUMNS = ("name", "quantity", "unit", "price", "discount", "product", "kind")


class OrderHubVersionWords(models.AbstractModel):
    """Tells versions of an order and their difference in the reader's language.

    Pages leave as rows of plain texts: a template never holds a record.
    """

    _name = "order.hub.version.words"
    _description = "Words for Order Versions"

    # === PAGES === #

    @api.model
    def _content_html(self, version):
        return self.env["ir.qweb"]._render(
            "order_hub.version_content", {"page": self._page(version)}
        )

    @api.model
    def _difference_html(self, old, new):
        return self.env["ir.qweb"]._render(
            "order_hub.version_difference",
            {
                "rows": self._rows(old, new),
                "old": old.number,
                "new": new.number,
            },
        )

    @api.model
    def _page(self, version):
        """Return what a version says.

        :return: ``{"header": [{"label", "text"}], "lines": [{"name", "quantity",
            "price", "more"}]}``
        """
        content, labels = version._content(), self._labels()
        names = self._names(content)
        header = [
            {
                "label": labels[name],
                "text": self._text(name, content.header[name], names, version),
            }
            for name in in_reading_order(content.header, HEADER_FIELDS)
            if name in labels
        ]
        lines = [
            self._line_words(line, names, version) for line in content.lines.values()
        ]
        return {"header": header, "lines": lines}

    @api.model
    def _rows(self, old, new):
        """Return the difference of two versions of one order, in reading order.

        :return: ``[{"where", "what", "kind", "old", "new"}]``; ``where`` is the
            line or empty, ``kind`` is ``changed``, ``added`` or ``removed``
        """
        before, after = old._content(), new._content()
        names = self._names(before, after)
        difference = diff(before, after)
        rows = self._field_rows("", difference.header, names, (old, new))
        for line in difference.lines:
            values = after.lines.get(line.key) or before.lines[line.key]
            where = self._line_name(values)
            if line.kind in (ADDED, REMOVED):
                version = new if line.kind == ADDED else old
                rows.append(self._whole_line_row(where, line.kind, values, version))
            else:
                rows += self._field_rows(where, line.fields, names, (old, new))
        return rows

    def _field_rows(self, where, changes, names, versions):
        labels = self._labels()
        return [
            {
                "where": where,
                "what": labels.get(change.field, change.field),
                "kind": "changed",
                "old": self._text(change.field, change.old, names, versions[0]),
                "new": self._text(change.field, change.new, names, versions[1]),
            }
            for change in changes
        ]

    def _whole_line_row(self, where, kind, values, version):
        words = self._line_words(values, self._names(version._content()), version)
        text = " ".join(filter(None, (words["quantity"], words["price"])))
        is_added = kind == ADDED
        return {
            "where": where,
            "what": self.env._("Line added")
            if is_added
            else self.env._("Line removed"),
            "kind": kind,
            "old": "" if is_added else text,
            "new": text if is_added else "",
        }

    def _line_words(self, values, names, version):
        """Return one line as the page shows it."""
        labels = self._labels()
        more = [
            f"{labels[name]}: {self._text(name, values[name], names, version)}"
            for name in in_reading_order(values, LINE_FIELDS)
            if values[name] and name in labels and name not in LINE_COLUMNS
        ]
        price = self._text("price", values.get("price", 0), names, version)
        if values.get("discount"):
            price += f" − {self._number(values['discount'])} %"
        unit = self._text("unit", values.get("unit"), names, version)
        is_text = bool(values.get("kind"))
        return {
            "name": values.get("name", ""),
            "is_text": is_text,
            "quantity": ""
            if is_text
            else f"{self._number(values.get('quantity', 0))} {unit}",
            "price": "" if is_text else f"× {price}",
            "more": more,
        }

    # === ONE SENTENCE === #

    @api.model
    def _summary(self, old, new):
        """Return in a few words what a version changed; reads no other record.

        :param old: the version before, or ``None`` for the first
        """
        if not old:
            return self.env._("As accepted")
        labels, difference = self._labels(), diff(old._content(), new._content())
        parts = [
            labels.get(change.field, change.field)
            for change in difference.header
            if change.field not in ("untaxed", "tax")
        ]
        after, before = new._content().lines, old._content().lines
        for line in difference.lines:
            name = self._line_name(after.get(line.key) or before[line.key])
            parts.append(self._line_summary(name, line))
        return format_list(self.env, parts) if parts else ""

    def _line_summary(self, name, line):
        if line.kind == ADDED:
            return self.env._("%s added", name)
        if line.kind == REMOVED:
            return self.env._("%s removed", name)
        for change in line.fields:
            if change.field == "quantity":
                old = self._number(change.old or 0)
                return f"{name} {old} → {self._number(change.new or 0)}"
        return name

    # === VALUES === #

    def _labels(self):
        env = self.env
        return {
            "customer": env._("Customer"),
            "customer_ref": env._("Customer's number"),
            "shipping": env._("Delivery address"),
            "invoicing": env._("Invoice address"),
            "delivery": env._("Agreed delivery date"),
            "carrier": env._("Delivery method"),
            "incoterm": env._("Incoterm"),
            "incoterm_place": env._("Incoterm place"),
            "payment_term": env._("Payment terms"),
            "currency": env._("Currency"),
            "note": env._("Terms and notes"),
            "untaxed": env._("Amount before tax"),
            "tax": env._("Tax"),
            "total": env._("Total"),
            "product": env._("Product"),
            "name": env._("Description"),
            "quantity": env._("Quantity"),
            "unit": env._("Unit"),
            "price": env._("Unit price"),
            "discount": env._("Discount (%)"),
            "taxes": env._("Taxes"),
            "lead": env._("Lead time (days)"),
            "freight": env._("Freight"),
        }

    def _names(self, *contents):
        """Return ``{model: {id: name}}`` behind the ids of contents; a query each."""
        ids = defaultdict(set)
        for content in contents:
            for values in (content.header, *content.lines.values()):
                for name, model in MODELS.items():
                    value = values.get(name) or ()
                    ids[model].update([value] if isinstance(value, int) else value)
        return {
            model: {
                record.id: record.display_name
                for record in self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search([("id", "in", sorted(wanted))])
            }
            for model, wanted in ids.items()
            if wanted
        }

    def _text(self, name, value, names, version):
        """Return one value of a content for the reader."""
        if value is None:
            return ""
        if name in MODELS:
            known = names.get(MODELS[name], {})
            ids = [value] if isinstance(value, int) else value
            return format_list(
                self.env, [known.get(id_) or self.env._("deleted") for id_ in ids]
            )
        if name in ADDRESSES:
            return self._address(value)
        if name in MONEY:
            return version.currency_id.format(value)
        if name in NUMBERS:
            return self._number(value)
        special = getattr(self, f"_text_{name}", None)
        return special(value) if special else str(value)

    def _text_customer(self, value):
        return value.get("name", "")

    def _text_delivery(self, value):
        moment = fields.Datetime.to_datetime(value.replace("T", " ")[:19])
        return format_datetime(self.env, moment, dt_format="short")

    def _text_note(self, value):
        return html2plaintext(value)

    def _text_freight(self, value):
        return self.env._("yes") if value else self.env._("no")

    def _text_product(self, value):
        product = self.env["product.product"].sudo().browse(value).exists()
        return product.display_name or self.env._("deleted")

    def _address(self, value):
        place = " ".join(filter(None, (value.get("zip"), value.get("city"))))
        parts = (
            value.get("company"),
            value.get("name") if value.get("name") != value.get("company") else "",
            value.get("street"),
            value.get("street2"),
            place,
            value.get("state"),
            self._country(value.get("country")),
            value.get("phone"),
        )
        return ", ".join(filter(None, parts))

    def _country(self, code):
        """Return the name of a country in the reader's language."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return locale.territories.get(code, code) if code else ""

    def _number(self, value):
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_decimal(value, locale=locale)

    @staticmethod
    def _line_name(values):
        return values.get("name", "").split("\n")[0]
