from odoo import api, models
from odoo.exceptions import ValidationError

from ..engine.converters import CONVERTERS
from ..engine.lookups import READABLE


class OrderHubMapping(models.Model):
    """Words of mappings: what targets and converters are called, what is wrong."""

    _inherit = "order.hub.mapping"

    @api.model
    def _converter_labels(self):
        labels = {
            "text": self.env._("Text"),
            "number": self.env._("Number"),
            "date": self.env._("Date and Time"),
            "enum": self.env._("Words to Words"),
            "constant": self.env._("Fixed Value"),
            "concat": self.env._("Join"),
            "extract": self.env._("Take by Pattern"),
            "replace": self.env._("Replace by Pattern"),
            "lookup": self.env._("Look Up"),
            "flag": self.env._("Yes or No"),
        }
        return [(name, labels[name]) for name in CONVERTERS]

    @api.model
    def _target_labels(self):
        """Return ``{path: label}`` of all targets."""
        address = self._address_labels()
        groups = {
            "customer": self.env._("Customer"),
            "ship_to": self.env._("Deliver to"),
            "lines[]": self.env._("Line"),
        }
        labels = dict(self._order_labels())
        for group in ("customer", "ship_to"):
            for name, label in address.items():
                labels[f"{group}.{name}"] = self.env._(
                    "%(whose)s: %(what)s", whose=groups[group], what=label
                )
        for name, label in self._line_labels().items():
            labels[f"lines[].{name}"] = self.env._(
                "%(whose)s: %(what)s", whose=groups["lines[]"], what=label
            )
        return labels

    @api.model
    def _target_of(self, path):
        """Return the target of a path: ``lines[3].sku`` → ``lines[].sku``."""
        head, bracket, rest = path.partition("[")
        return f"{head}[].{rest.partition('].')[2]}" if bracket else path

    def _order_labels(self):
        return {
            "external_ref": self.env._("External Number"),
            "order_type": self.env._("Order Type"),
            "currency": self.env._("Currency"),
            "date": self.env._("Order Date"),
            "promised_date": self.env._("Promised Date"),
            "shipping_price": self.env._("Shipping Charge"),
            "prepaid_amount": self.env._("Prepaid Amount"),
            "total": self.env._("Total"),
            "customer_ref": self.env._("Customer's Number"),
            "note": self.env._("Note"),
            "confirm": self.env._("Confirm"),
            "special_request": self.env._("Special Request"),
            "paid_at": self.env._("Paid On"),
            "status": self.env._("Status There"),
            "ship_method": self.env._("Shipping Method"),
            "discount_total": self.env._("Discount in All"),
        }

    def _address_labels(self):
        return {
            "external_ref": self.env._("External Number"),
            "name": self.env._("Name"),
            "company": self.env._("Company"),
            "email": self.env._("E-mail"),
            "phone": self.env._("Phone"),
            "mobile": self.env._("Mobile"),
            "street": self.env._("Street"),
            "street2": self.env._("Street 2"),
            "district": self.env._("District"),
            "city": self.env._("City"),
            "zip": self.env._("ZIP"),
            "state": self.env._("State or Province"),
            "country": self.env._("Country"),
            "vat": self.env._("Tax Number"),
            "address": self.env._("Address in One Line"),
        }

    def _line_labels(self):
        return {
            "sku": self.env._("Product Code"),
            "name": self.env._("Description"),
            "quantity": self.env._("Quantity"),
            "unit_price": self.env._("Unit Price"),
            "discount": self.env._("Discount in Percent"),
            "external_ref": self.env._("External Number"),
            "barcode": self.env._("Barcode"),
            "unit": self.env._("Unit"),
            "amount": self.env._("Amount"),
            "bundle": self.env._("Of Bundle Line"),
            "group": self.env._("Bundle Group"),
        }

    # === FAULTS OF A MAPPING === #

    def _raise_fault(self, fault):
        """Raise what is wrong with a mapping, naming the line.

        :param fault: ``engine.mapping.Fault``
        """
        where = self._fault_place(fault.key)
        raise ValidationError(
            self.env._(
                "%(mapping)s, %(where)s: %(what)s",
                mapping=self.name,
                where=where,
                what=self._fault_words(fault.code, fault.figures),
            )
        )

    def _fault_place(self, key):
        kind, number = key or ("", 0)
        if kind == "line":
            line = self.env["order.hub.mapping.line"].browse(number)
            labels = self._target_labels()
            label = labels.get(line.target, line.target)
            return self.env._(
                "line “%(from_)s” → %(target)s", from_=line.source or "", target=label
            )
        if kind == "rows":
            row = self.env["order.hub.mapping.rows"].browse(number)
            return self.env._("lines “%s”", row.name)
        return self.env._("all lines")

    @api.model
    def _fault_words(self, code, figures):
        """Return what is wrong with a line, and how to do it right."""
        words = {**self._source_faults(), **self._argument_faults()}
        sentence = words.get(code) or self.env._("This cannot be used (%(code)s).")
        models = ", ".join(READABLE)
        shown = {"example": "", "models": models, **figures, "code": code}
        return sentence % _Missing(shown)

    def _source_faults(self):
        return {
            "bad_source": self.env._(
                "“%(source)s” is no path: %(words)s Write names with points between, "
                "for example customer.email; names with blanks or Chinese letters in "
                'double quotes: "订单号".'
            ),
            "source_long": self.env._("A source has at most %(limit)s characters."),
            "source_nested": self.env._(
                "The brackets go more than %(limit)s deep. Make it simpler."
            ),
            "unknown_function": self.env._(
                "There is no function %(name)s. For money there are plus, minus, "
                "times, divided and sum_of, for example "
                "times(price, quantity)."
            ),
            "no_column": self.env._("Name a column, for example 客户 | Customer."),
            "source_missing": self.env._(
                "Say where the value is, or give a fixed value or one to take "
                "otherwise."
            ),
            "unknown_target": self.env._(
                "%(target)s is no field here. Fields of the order belong under Order "
                "Fields, those of its lines under Lines of the Order."
            ),
            "too_many_rules": self.env._("A mapping has at most %(limit)s lines."),
            "too_many_steps": self.env._(
                "A value goes through at most %(limit)s converters."
            ),
            "lookup_twice": self.env._("A value is looked up once at most."),
            "lookup_model": self.env._(
                "%(table)s is not for look-ups. There are: %(models)s, and tables of "
                "your own."
            ),
            "lookup_fields": self.env._(
                "In %(table)s these fields cannot be used (by “%(by)s”, give "
                "“%(give)s”). For example: table = res.currency, by = symbol, "
                "give = name. A table of your own takes neither."
            ),
        }

    def _argument_faults(self):
        return {
            "unknown_converter": self.env._("There is no converter %(name)s."),
            "argument_row": self.env._(
                "“%(row)s” is no argument. Write one “name = value” a row."
            ),
            "argument_twice": self.env._("%(name)s is given twice."),
            "argument_many": self.env._("There are at most %(limit)s arguments."),
            "argument_missing": self.env._(
                "“%(name)s” is missing. For example: %(example)s"
            ),
            "argument_unknown": self.env._(
                "There is no argument “%(name)s” here. For example: %(example)s"
            ),
            "argument_value": self.env._(
                "“%(name)s” has a value that cannot be used. For example: %(example)s"
            ),
            "unknown_zone": self.env._(
                "There is no time zone %(zone)s. Write for example Asia/Shanghai or "
                "+08:00."
            ),
            "bad_pattern": self.env._("The pattern is wrong: %(error)s."),
            "pattern_long": self.env._("A pattern has at most %(limit)s characters."),
            "pattern_nested": self.env._(
                "The pattern repeats something that repeats or has a choice, as "
                "(a+)+ does: it could take for ever. Repeat single characters only."
            ),
            "pattern_reference": self.env._(
                "The pattern looks ahead or back, or refers to a group. That could "
                "take for ever and is not allowed."
            ),
            "pattern_heavy": self.env._(
                "The pattern has too many repeats that can end in several places, as "
                ".* does. Say what may stand there, for example [0-9]+."
            ),
        }


class _Missing(dict):
    """Figures of a sentence; those that come later, or never, stay as they are."""

    def __missing__(self, key):
        return f"%({key})s"
