from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools.i18n import format_list

from ..engine.sourcing import Rules, Weights

WEIGHTS = ("distance", "coverage", "load", "cost", "freshness")


class OrderHubSourcingPolicy(models.Model):
    """How the warehouse of an order is found: within which radius, by which weights.

    An order takes the policy that a routing rule gave it, else its channel's, else
    the company's standard one. Without any, orders stay where Odoo puts them.
    """

    _name = "order.hub.sourcing.policy"
    _inherit = ["order.hub.plan"]
    _description = "Sourcing Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_default = fields.Boolean(
        "Standard", help="Used for every order that has no policy of its own."
    )
    channel_ids = fields.Many2many(
        "order.hub.channel",
        string="Channels",
        check_company=True,
        help="Orders of these channels use it.",
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse", string="Warehouses", check_company=True
    )
    radius_km = fields.Float(
        "Radius (km)",
        default=300,
        help="How far from the customer a warehouse may be. If none is that near, "
        "all are compared, and the decision says so.",
    )
    road_factor = fields.Float(
        default=1.0,
        help="Distances are as the crow flies; roads are longer: 1.3 is usual.",
    )
    weight_distance = fields.Integer("Distance (%)", default=40)
    weight_coverage = fields.Integer("Coverage (%)", default=30)
    weight_load = fields.Integer("Load (%)", default=10)
    weight_cost = fields.Integer("Cost (%)", default=10)
    weight_freshness = fields.Integer("Freshness (%)", default=10)
    can_split = fields.Boolean(
        "Orders May Be Split", help="Lines may ship from different warehouses."
    )
    split_min_qty = fields.Float(
        "Not Under (pieces)", default=20, help="Smaller orders ship from one place."
    )
    split_min_amount = fields.Monetary("Not Under (amount)")
    uses_transfers = fields.Boolean(
        "Bring What Is Missing", default=True, help="By transfer from other warehouses."
    )
    transfer_days = fields.Float(
        "Days per 500 km", default=1.0, help="How long a transfer takes."
    )
    uses_supply = fields.Boolean(
        "Make or Buy What Nobody Has",
        default=True,
        help="A manufacturing or purchase order is made when the order is confirmed.",
    )
    merge = fields.Selection(
        [
            ("no", "No"),
            ("customer", "Same delivery address"),
            ("city", "Same city"),
            ("radius", "Near each other"),
        ],
        "Ship Together With",
        default="no",
        required=True,
        help="Confirmed orders that are not picked yet: the warehouse they ship from "
        "is preferred if it has everything, so that they are picked in one go.",
    )
    merge_km = fields.Float("Within (km)", default=20)
    counts_waiting = fields.Boolean(
        "Count Waiting Orders",
        default=True,
        help="Stock that confirmed orders still wait for is not free.",
    )
    counts_drafts = fields.Boolean(
        "Count Drafts", help="Stock that other drafts were promised is not free."
    )
    accepts_state = fields.Boolean(
        "Province Is Enough",
        help="An address of which only the province is known is placed in its "
        "biggest city. Otherwise somebody has to complete it first.",
    )

    _default_uniq = models.UniqueIndex(
        "(company_id) WHERE is_default IS TRUE AND active IS TRUE",
        "A company has one standard policy. Take the mark from the other one first.",
    )

    # === CONSTRAINTS === #

    @api.constrains("warehouse_ids", "company_id")
    def _check_warehouses(self):
        for policy in self:
            if not policy.warehouse_ids:
                raise ValidationError(
                    self.env._(
                        "Policy “%s” has no warehouse: no order could ship from "
                        "anywhere. Choose the warehouses to compare.",
                        policy.name,
                    )
                )
            policy._check_warehouses_company()
            policy._check_warehouses_placed()

    def _check_warehouses_company(self):
        strange = self.warehouse_ids.filtered(lambda w: w.company_id != self.company_id)
        if strange:
            raise ValidationError(
                self.env._(
                    "%(warehouses)s of another company cannot be in policy "
                    "“%(policy)s” of %(company)s.",
                    warehouses=format_list(self.env, strange.mapped("name")),
                    policy=self.name,
                    company=self.company_id.name,
                )
            )

    def _check_warehouses_placed(self):
        """Every candidate must be somewhere: a distance to nowhere cannot be told."""
        places = {
            warehouse: warehouse._hub_address() for warehouse in self.warehouse_ids
        }
        self.env["res.partner"].union(*places.values())._hub_place()
        lost = [
            self.env._(
                "%(warehouse)s (%(address)s: %(why)s)",
                warehouse=warehouse.name,
                address=place.display_name,
                why=place._hub_precision_text(),
            )
            for warehouse, place in places.items()
            if not place.sudo()._hub_point(self.accepts_state)
        ]
        if lost:
            raise ValidationError(
                self.env._(
                    "The address of these warehouses cannot be placed: %s. Write city "
                    "and province on the address, or its coordinates, or add the place "
                    "under Configuration › Places.",
                    format_list(self.env, lost),
                )
            )

    @api.constrains(*(f"weight_{name}" for name in WEIGHTS))
    def _check_weights(self):
        for policy in self:
            weights = [policy[f"weight_{name}"] for name in WEIGHTS]
            if min(weights) < 0 or not sum(weights):
                raise ValidationError(
                    self.env._(
                        "The weights of policy “%s” say nothing: none may be negative "
                        "and at least one must be above zero.",
                        policy.name,
                    )
                )

    @api.constrains("radius_km", "road_factor", "merge_km", "transfer_days")
    def _check_figures(self):
        for policy in self:
            if policy.radius_km <= 0 or policy.merge_km < 0:
                raise ValidationError(
                    self.env._(
                        "The radius of policy “%s” must be above 0 km: no warehouse "
                        "would ever be near enough.",
                        policy.name,
                    )
                )
            if policy.road_factor < 1 or policy.transfer_days < 0:
                raise ValidationError(
                    self.env._(
                        "Policy “%s”: a road is never shorter than the straight line, "
                        "so the road factor is 1 or more, and no transfer takes less "
                        "than no time.",
                        policy.name,
                    )
                )

    @api.constrains("split_min_qty", "split_min_amount")
    def _check_split(self):
        for policy in self:
            if policy.split_min_qty < 0 or policy.split_min_amount < 0:
                raise ValidationError(
                    self.env._(
                        "Policy “%s”: the limits for splitting cannot be negative.",
                        policy.name,
                    )
                )

    @api.constrains("channel_ids", "active", "company_id")
    def _check_channels(self):
        for policy in self.filtered("active"):
            rivals = self.search(
                [
                    ("id", "!=", policy.id),
                    ("company_id", "=", policy.company_id.id),
                    ("channel_ids", "in", policy.channel_ids.ids),
                ]
            )
            if rivals:
                raise ValidationError(
                    self.env._(
                        "%(channels)s cannot have two policies: “%(policy)s” and "
                        "“%(other)s”. Take the channel out of one of them.",
                        channels=format_list(
                            self.env,
                            (policy.channel_ids & rivals.channel_ids).mapped("name"),
                        ),
                        policy=policy.name,
                        other=rivals[0].name,
                    )
                )

    # === WHICH POLICY === #

    @api.model
    @tools.ormcache("company_id")
    def _standard(self, company_id):
        """Return ``(default policy id or False, ((channel id, policy id), …), any)``.

        Kept in memory: a company without policies costs no query.
        """
        policies = self.sudo().search([("company_id", "=", company_id)])
        channels = tuple((c.id, p.id) for p in policies for c in p.channel_ids)
        default = policies.filtered("is_default")[:1].id
        return default, channels, bool(policies)

    @api.model
    def _is_used(self, company):
        """Say whether any policy is switched on in a company."""
        return self._standard(company.id)[2]

    @api.model
    @tools.ormcache()
    def _is_used_anywhere(self):
        """Say whether any company has a policy that is switched on."""
        return bool(self.sudo().search([], limit=1))

    @api.model
    def _policies(self, orders):
        """Return ``{order id: policy}`` for the orders that have one."""
        found = {}
        for order in orders:
            default, channels, used = self._standard(order.company_id.id)
            if used:
                own = order.hub_sourcing_policy_id
                policy = own.active and own.id
                policy = policy or dict(channels).get(order.hub_channel_id.id, default)
                found[order.id] = policy
        return {
            id_: self.sudo().browse(policy) for id_, policy in found.items() if policy
        }

    def _rules(self):
        """Return the policy as the deciding engine reads it."""
        self.ensure_one()
        return Rules(
            radius=self.radius_km,
            weights=Weights(*(self[f"weight_{name}"] for name in WEIGHTS)),
            can_split=self.can_split,
            split_min_qty=self.split_min_qty,
            split_min_amount=self.split_min_amount,
            transfers=self.uses_transfers,
            replenish=self.uses_supply,
            days_per_500_km=self.transfer_days,
        )
