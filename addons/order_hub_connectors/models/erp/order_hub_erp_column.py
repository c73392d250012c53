from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.erp.filling import VALUES, unknown_places
from ...engine.erp.plan import TESTS
from ...engine.erp.presets import values_of, words_of
from ..order_hub_mapping import TARGETS

#: Targets of tables that hold something else than orders.
MASTER_TARGETS = ("name", "phone", "email", "street", "city", "zip", "vat")
STATUS_TARGETS = ("hub_ref", "word", "at", "reference", "note")
CHECK_TARGETS = ("cancelled", "line_count", "lines_total")
RULES = [
    ("theirs", "Theirs"),
    ("ours", "Ours"),
    ("newest", "The Newest"),
    ("ask", "Ask"),
]


class OrderHubErpColumn(models.Model):
    """One column of the other database and what it means."""

    _name = "order.hub.erp.column"
    _description = "Column of an ERP Connection"
    _order = "table_id, sequence, id"
    _rec_name = "column_name"

    table_id = fields.Many2one(
        "order.hub.erp.table", required=True, ondelete="cascade", index=True
    )
    erp_id = fields.Many2one(related="table_id.erp_id", store=True, index=True)
    company_id = fields.Many2one(related="table_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    column_name = fields.Char("Column", required=True)
    found_id = fields.Many2one(
        "order.hub.erp.found",
        "Choose",
        store=False,
        compute="_compute_found_id",
        inverse="_inverse_found_id",
        domain="[('erp_id', '=', erp_id), ('column_name', '!=', False)]",
    )
    target = fields.Selection(
        "_target_selection",
        "Fills",
        help="What the value is. Several columns may fill the same: the first that "
        "says something counts.",
    )
    is_key = fields.Boolean("Key", help="Names one row; several columns may together.")
    is_watermark = fields.Boolean(
        "Changed On",
        help="Grows with every change of the row. Several: the first that is filled. "
        "None: everything is read and compared each time.",
    )
    link_column = fields.Char(
        "Same As", help="Column of the table above that has the same value."
    )
    test = fields.Selection(
        "_test_selection", "Only If", help="Rows that do not fit are not read."
    )
    test_values = fields.Char("Value", help="Several: with commas between.")
    words = fields.Text(help="What values mean, one a row: 1 = approved. * is any.")
    writes = fields.Selection(
        [
            ("hub_ref", "Hub Reference"),
            ("milestone", "Milestone"),
            ("promised_date", "Promised Date"),
            ("name", "Order Number"),
            ("customer_ref", "Customer Reference"),
        ],
        "Written With",
        help="What of ours is written into the column, once writing is switched on. "
        "For a milestone the words say what is written: RECEIVED = received.",
    )
    new_text = fields.Char(
        "In New Rows",
        help="What the column gets in a new order: a value, or {quantity} and other "
        "names of values, or {next} for one more than the highest. Empty: what the "
        "column is read as, or the other database's own default.",
    )
    rule = fields.Selection(
        RULES,
        "Who Wins",
        default="theirs",
        required=True,
        help="Where both sides have changed it since they last agreed.",
    )

    @api.model
    def _target_selection(self):
        labels = self.env["order.hub.mapping"]._target_labels()
        own = {
            "cancelled": self.env._("Is Cancelled"),
            "line_count": self.env._("Number of Lines (Check)"),
            "lines_total": self.env._("Sum of the Lines (Check)"),
            "external_ref": self.env._("Number There"),
            "hub_ref": self.env._("Hub Reference"),
            "word": self.env._("State"),
            "at": self.env._("Since"),
            "reference": self.env._("Document"),
            "note": self.env._("Note"),
            "name": self.env._("Name"),
            "phone": self.env._("Phone"),
            "email": self.env._("E-mail"),
            "street": self.env._("Street"),
            "city": self.env._("City"),
            "zip": self.env._("Zip"),
            "vat": self.env._("Tax Number"),
        }
        paths = [path.removeprefix("lines[].") for path in TARGETS]
        names = [*paths, *CHECK_TARGETS, *STATUS_TARGETS, *MASTER_TARGETS]
        known = {p.removeprefix("lines[]."): label for p, label in labels.items()}
        return [
            (name, own.get(name) or known.get(name, name))
            for name in dict.fromkeys(names)
        ]

    @api.model
    def _test_selection(self):
        words = {
            "=": self.env._("is"),
            "!=": self.env._("is not"),
            "in": self.env._("is one of"),
            "not in": self.env._("is none of"),
            ">": self.env._("is more than"),
            "<": self.env._("is less than"),
            "empty": self.env._("is empty"),
            "filled": self.env._("is filled"),
            "days": self.env._("is of the last days"),
        }
        return [(code, words[code]) for code in TESTS]

    def _compute_found_id(self):
        self.found_id = False

    def _inverse_found_id(self):
        for column in self.filtered("found_id"):
            column.column_name = column.found_id.column_name

    @api.onchange("found_id")
    def _onchange_found_id(self):
        if self.found_id:
            self.column_name = self.found_id.column_name

    @api.constrains("writes", "table_id")
    def _check_writes(self):
        for column in self:
            if column.writes and column.table_id.role != "order":
                raise ValidationError(
                    self.env._(
                        "Only columns of the table of orders are written; "
                        "%(table)s.%(column)s is not one.",
                        table=column.table_id.table_name,
                        column=column.column_name,
                    )
                )

    @api.constrains("new_text", "table_id")
    def _check_new_text(self):
        for column in self.filtered("new_text"):
            role = column.table_id.role
            unknown = unknown_places(column.new_text.strip(), role)
            if unknown:
                raise ValidationError(
                    self.env._(
                        "%(column)s: there is no value “%(name)s”. There are: "
                        "%(names)s.",
                        column=column.column_name,
                        name=unknown[0],
                        names=", ".join(VALUES.get(role, ())),
                    )
                )

    def _values(self):
        return values_of(self.test_values or "")

    def _words(self):
        """Return ``{value there: word here}``."""
        return words_of(self.words or "")

    def _word_there(self, here):
        """Return the value there of a word here, ``None`` if there is none."""
        pairs = ((b, a) for a, b in self._words().items() if a != "*")
        return next((there for word, there in pairs if word == here), None)
