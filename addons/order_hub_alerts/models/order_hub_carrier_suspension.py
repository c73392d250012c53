from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.order_hub.engine.carrier import Place

from ..engine.suspension import LONGEST, MAX_PLACES, Line

SOURCES = [("person", "Entered"), ("file", "Imported"), ("api", "Integration")]


class OrderHubCarrierSuspension(models.Model):
    """A carrier that does not go somewhere for a while, and the orders that hits.

    Whoever sells them gets the alternatives with price and time, once; nothing is
    changed on an order.
    """

    _name = "order.hub.carrier.suspension"
    _description = "Carrier Suspension"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "reason"
    _check_company_auto = True
    _mail_post_access = "read"

    carrier_id = fields.Many2one(
        "delivery.carrier",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    reason = fields.Char(required=True, tracking=True)
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Empty: the carrier goes nowhere."
    )
    state_ids = fields.Many2many(
        "res.country.state", string="Provinces", help="Empty: whole countries."
    )
    zips = fields.Char(
        "Zip Codes", help="Beginnings of zip codes, separated by semicolons."
    )
    date_from = fields.Datetime(
        "From", required=True, default=fields.Datetime.now, tracking=True
    )
    date_to = fields.Datetime(
        "Until", tracking=True, help="Empty: until further notice."
    )
    active = fields.Boolean(default=True)
    source = fields.Selection(SOURCES, readonly=True, default="person", copy=False)
    reference = fields.Char(
        copy=False,
        help="The number it has where it comes from; the same number again changes "
        "it instead of adding another.",
    )
    state = fields.Selection(
        [("planned", "Planned"), ("running", "Suspended"), ("over", "Over")],
        compute="_compute_state",
        search="_search_state",
    )
    line_ids = fields.One2many(
        "order.hub.carrier.suspension.order",
        "suspension_id",
        "Affected Orders",
        readonly=True,
        copy=False,
    )
    alternative_ids = fields.One2many(
        "order.hub.carrier.alternative",
        "suspension_id",
        "Alternatives",
        readonly=True,
        copy=False,
    )
    order_count = fields.Integer("Orders", compute="_compute_order_count")
    looked_at = fields.Datetime(readonly=True, copy=False)

    _reference_uniq = models.UniqueIndex(
        "(company_id, reference) WHERE reference IS NOT NULL",
        "Another suspension has this reference.",
    )
    _running_idx = models.Index("(date_to, date_from) WHERE active IS TRUE")

    # === COMPUTE === #

    @api.depends("date_from", "date_to", "active")
    def _compute_state(self):
        now = fields.Datetime.now()
        for row in self:
            row.state = row._state_at(now)

    def _state_at(self, now):
        if not self.active or self.date_to and self.date_to <= now:
            return "over"
        return "planned" if self.date_from and self.date_from > now else "running"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        over = Domain("active", "=", False) | Domain("date_to", "<=", now)
        planned = ~over & Domain("date_from", ">", now)
        domains = {"over": over, "planned": planned, "running": ~over & ~planned}
        return Domain.OR(domains[state] for state in value if state in domains)

    def _compute_order_count(self):
        counts = dict(
            self.env["order.hub.carrier.suspension.order"]._read_group(
                [("suspension_id", "in", self.ids), ("is_open", "=", True)],
                ["suspension_id"],
                ["__count"],
            )
        )
        for row in self:
            row.order_count = counts.get(row, 0)

    # === CHECKS === #

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for row in self:
            if row.date_to and not row.date_from < row.date_to:
                raise ValidationError(
                    self.env._(
                        "The suspension of %s ends before it begins. Check the dates.",
                        row.carrier_id.display_name,
                    )
                )
            if row.date_to and row.date_to - row.date_from > LONGEST:
                raise ValidationError(
                    self.env._(
                        "The suspension of %s would last longer than a year. Leave "
                        "the end empty if nobody knows it.",
                        row.carrier_id.display_name,
                    )
                )

    @api.constrains("state_ids", "country_ids", "zips")
    def _check_places(self):
        for row in self:
            if len(row._zip_list()) > MAX_PLACES:
                raise ValidationError(
                    self.env._("At most %s zip codes, please.", MAX_PLACES)
                )
            strangers = row.state_ids.filtered(
                lambda state, r=row: (
                    r.country_ids and state.country_id not in r.country_ids
                )
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%s is in none of the countries of this suspension.",
                        strangers[0].display_name,
                    )
                )

    def _zip_list(self):
        parts = (part.strip() for part in (self.zips or "").split(";"))
        return tuple(dict.fromkeys(part for part in parts if part))

    # === WHAT IT HITS === #

    def _as_line(self):
        """Return the suspended line as the engine knows it."""
        self.ensure_one()
        return Line(
            self.carrier_id.id,
            frozenset(self.country_ids.ids),
            frozenset(self.state_ids.ids),
            self._zip_list(),
        )

    @api.model
    def _place(self, order):
        ship = order.partner_shipping_id
        return Place(ship.country_id.id or 0, ship.state_id.id or 0, ship.zip or "")

    # === CREATE, CHANGE, END === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._look_soon()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if set(vals) & {
            "carrier_id", "country_ids", "state_ids", "zips", "date_from", "date_to",
            "active", "company_id",
        }:  # fmt: skip
            self._look_soon()
        return result

    def _look_soon(self):
        """Have the affected orders looked for right after this transaction."""
        if self:
            self.env["order.hub.warning.action.job"]._trigger(fields.Datetime.now())

    def action_look(self):
        """Look for affected orders now, and tell who sells them."""
        self.check_access("write")
        self._look(fields.Datetime.now())
        return True

    def action_end(self):
        """The line runs again: end the suspension now."""
        self.check_access("write")
        now = fields.Datetime.now()
        for row in self:
            # One that has not begun is taken back altogether.
            row.write({"date_to": now} if row.date_from < now else {"active": False})
        self._look(now)
        return True

    def action_view_orders(self):
        """Open the affected orders, as far as the reader may see them."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.sale_order_action_all"
        )
        lines = self.sudo().line_ids.filtered("is_open")
        return {**action, "domain": [("id", "in", lines.order_id.ids)], "context": {}}
