from odoo import api, fields, models

from ..engine.mapping import Rule
from .order_hub_mapping import TARGETS


class OrderHubMappingLine(models.Model):
    """From one place in the payload to one field of the order."""

    _name = "order.hub.mapping.line"
    _description = "Line of a Field Mapping"
    _order = "mapping_id, rows_id, sequence, id"
    _rec_name = "target"

    mapping_id = fields.Many2one("order.hub.mapping", ondelete="cascade", index=True)
    rows_id = fields.Many2one("order.hub.mapping.rows", ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    source = fields.Char(
        help="Where the value is: a path (customer.email, lines[0].sku, "
        "a || b, [city, street]) or columns (客户 | Customer). In a line of the "
        "order, $.path means the whole payload."
    )
    target = fields.Selection(
        selection="_target_selection",
        required=True,
        help="The field of the order that takes the value.",
    )
    converter = fields.Selection(
        selection="_converter_selection",
        help="What is done to the value. Empty: it is taken as it is.",
    )
    arguments = fields.Text(help="One “name = value” a row.")
    then = fields.Text(
        help="Further converters, one a row, for example: "
        "replace: pattern = ^86-; with = 0",
    )
    is_required = fields.Boolean(
        "Required", help="An order without it waits for a person."
    )
    fallback = fields.Char(
        "Otherwise", help="Taken when the payload says nothing there."
    )
    note = fields.Char(translate=True)
    how = fields.Char("Converted", compute="_compute_how")

    _owner_check = models.Constraint(
        "CHECK ((mapping_id IS NULL) <> (rows_id IS NULL))",
        "A line is of the order, or of its lines.",
    )

    @api.depends("converter", "arguments", "then")
    def _compute_how(self):
        labels = dict(self._converter_selection())
        for line in self:
            rows = (line.arguments or "").splitlines()
            first = labels.get(line.converter, "")
            details = "; ".join(row.strip() for row in rows if row.strip())
            parts = [f"{first}: {details}" if details else first]
            parts += (line.then or "").splitlines()
            line.how = " → ".join(part.strip() for part in parts if part.strip())

    @api.model
    def _target_selection(self):
        labels = self.env["order.hub.mapping"]._target_labels()
        return [(path, labels.get(path, path)) for path in TARGETS]

    @api.model
    def _converter_selection(self):
        return self.env["order.hub.mapping"]._converter_labels()

    # === GUARD === #

    @api.constrains(
        "mapping_id",
        "rows_id",
        "source",
        "target",
        "converter",
        "arguments",
        "then",
        "fallback",
    )
    def _check_compiles(self):
        self._mappings()._check_lines()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._mappings()._check_own()
        lines._mappings()._touch()
        return lines

    def write(self, vals):
        self._mappings()._check_own()
        result = super().write(vals)
        self._mappings()._check_own()
        self._mappings()._touch()
        return result

    def unlink(self):
        mappings = self._mappings()
        mappings._check_own()
        result = super().unlink()
        mappings._touch()
        return result

    def _mappings(self):
        return self.mapping_id | self.rows_id.mapping_id

    # === COMPILING === #

    def _rules(self):
        """Return the lines as the engine takes them, in their order."""
        return [
            Rule(
                ("line", line.id),
                line.source or "",
                line.target or "",
                line.converter or "",
                line.arguments or "",
                line.then or "",
                line.is_required,
                line.fallback or "",
            )
            for line in self
        ]
