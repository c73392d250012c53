from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from ..engine.lookups import fault_of
from ..engine.mapping import Rows
from ..engine.mapping_compile import compile_mapping, targets
from ..engine.order import SHAPE

#: Platforms that a mapping ships for, whether their adapter is there or not.
SHIPPED = (
    "alibaba",
    "alibaba1688",
    "amazon",
    "shopify",
    "table",
    "taobao",
    "webhook",
    "woocommerce",
)
#: Every target of a line, and its kind.
TARGETS = targets(SHAPE.order, SHAPE.address, SHAPE.line)


class OrderHubMapping(models.Model):
    """How the fields of one platform's payload become those of an order.

    Those that ship with the add-on come anew with each update, so nobody changes
    them: one changes a copy. Compiled once a version, in memory.
    """

    _name = "order.hub.mapping"
    _description = "Field Mapping"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    code = fields.Char(
        copy=False, readonly=True, help="What adapters call the mapping they ship with."
    )
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    adapter = fields.Selection(
        selection="_adapter_selection",
        help="Payloads of this platform are what it understands. Empty: of any.",
    )
    source_kind = fields.Selection(
        [("path", "Paths"), ("column", "Columns")],
        "Sources",
        required=True,
        default="path",
        help="Paths into a tree (JSON): customer.email. Columns of a table (CSV, "
        "Excel): 客户 | Customer, the first that is filled.",
    )
    version_note = fields.Char(
        translate=True, help="For which version of the platform, or why it was made."
    )
    is_shipped = fields.Boolean(
        "Ships with the Add-on",
        copy=False,
        readonly=True,
        help="Comes anew with each update. Copy it to change it.",
    )
    version = fields.Integer(
        copy=False,
        readonly=True,
        help="Counts the changes of its lines.",
    )
    line_ids = fields.One2many(
        "order.hub.mapping.line", "mapping_id", "Order Fields", copy=True
    )
    rows_ids = fields.One2many(
        "order.hub.mapping.rows", "mapping_id", "Lines of the Order", copy=True
    )
    channel_ids = fields.One2many("order.hub.channel", "mapping_id", "Used By")
    channel_count = fields.Integer(compute="_compute_channel_count")
    is_filled_address = fields.Boolean(
        "Last Delivery Address",
        help="An order of a known customer without an address takes the one of the "
        "customer's last order, with its contact and phone.",
    )
    is_filled_pricelist = fields.Boolean(
        "Last Price List",
        help="An order without prices takes the price list of the customer's last "
        "order in the same currency.",
    )
    is_filled_salesperson = fields.Boolean(
        "Last Salesperson",
        help="Where the customer has no salesperson, the one of the last order.",
    )

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "There is another mapping with this code."
    )

    @api.model
    def _adapter_selection(self):
        labels = {code: code for code in SHIPPED}
        labels.update(self.env["order.hub.channel"]._adapter_selection())
        return sorted(labels.items())

    def _compute_channel_count(self):
        counts = dict(
            self.env["order.hub.channel"]._read_group(
                [("mapping_id", "in", self.ids)], ["mapping_id"], ["__count"]
            )
        )
        for mapping in self:
            mapping.channel_count = counts.get(mapping, 0)

    # === GUARD === #

    def write(self, vals):
        if set(vals) - {"active", "sequence", "version"}:
            self._check_own()
        result = super().write(vals)
        if {"source_kind", "line_ids", "rows_ids"} & set(vals):
            self._check_lines()
        if "version" not in vals:
            self._touch()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._check_lines()
        return mappings

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        self._check_own()

    def copy_data(self, default=None):
        rows = super().copy_data(default)
        for mapping, vals in zip(self, rows, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", mapping.name)
        return rows

    def _check_own(self):
        """What ships with the add-on is written by its data only."""
        if not self.env.su and any(mapping.is_shipped for mapping in self):
            raise UserError(
                self.env._(
                    "This mapping ships with the add-on and comes anew with each "
                    "update. Copy it and change the copy."
                )
            )

    def _check_lines(self):
        """Check lines together: a change of the kind changes what is right.

        :raise ValidationError: naming the line, with an example
        """
        for mapping in self:
            _compiled, faults = mapping._compile()
            if faults:
                mapping._raise_fault(faults[0])

    def _touch(self):
        """Note that what is compiled in memory is old."""
        for mapping in self:
            mapping.write({"version": mapping.version + 1})

    # === PEOPLE === #

    def action_copy(self):
        """Copy a mapping and open the copy."""
        self.ensure_one()
        copy = self.copy()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": copy.id,
            "views": [(False, "form")],
        }

    def action_try(self):
        """Open the trial with this mapping."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_mapping_trial_action"
        )
        return {**action, "context": {"default_mapping_id": self.id}}

    def action_compare(self):
        """Open the comparison with what channels use now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_mapping_compare_action"
        )
        return {**action, "context": {"default_mapping_id": self.id}}

    def action_view_channels(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Channels"),
            "res_model": "order.hub.channel",
            "views": [(False, "list"), (False, "form")],
            "domain": [("mapping_id", "=", self.id)],
        }

    def _fills(self):
        """Tell whether anything is taken from a customer's history."""
        return any(
            mapping.is_filled_address
            or mapping.is_filled_pricelist
            or mapping.is_filled_salesperson
            for mapping in self
        )

    # === COMPILED === #

    def _compiled(self):
        """Return the mapping ready to run, compiled once a version.

        Lines that became wrong since they were saved, by an update for instance,
        are left out; the trial shows them.
        """
        self.ensure_one()
        return self._compiled_version(self.version, str(self.write_date))

    @ormcache("self.id", "version", "stamp")
    def _compiled_version(self, version, stamp):
        return self._compile()[0]

    def _compile(self):
        """Return the mapping ready to run, and the faults of its lines."""
        self.ensure_one()
        rows = [
            Rows(("rows", row.id), row.source or "", tuple(row.line_ids._rules()))
            for row in self.rows_ids
        ]
        return compile_mapping(
            self.line_ids._rules(),
            rows,
            TARGETS,
            self.source_kind == "column",
            fault_of,
        )
