from odoo import api, fields, models

#: Figures of the report that the form shows: field → key in ``impact``.
COUNTS = {
    "impact_orders": "orders",
    "impact_frozen": "frozen",
    "impact_past": "past",
    "impact_switch": "switch",
    "impact_keep": "keep",
    "impact_decide": "decide",
    "impact_late": "late",
    "impact_days": "days",
    "impact_mos": "mos",
    "impact_mos_started": "mos_started",
    "impact_stranded": "stranded",
    "impact_short": "short",
    "impact_unsourced": "unsourced",
}
AMOUNTS = {
    "impact_wip_value": "wip_value",
    "impact_lost_value": "lost",
    "impact_stranded_value": "stranded_value",
    "impact_short_value": "short_value",
}


class OrderHubEcn(models.Model):
    """The impact report of a change: made before anybody approves, kept as it was."""

    _inherit = "order.hub.ecn"

    mo_ids = fields.One2many(
        "order.hub.ecn.mo", "ecn_id", "Manufacturing", readonly=True, copy=False
    )
    purchase_ids = fields.One2many(
        "order.hub.ecn.purchase", "ecn_id", "Purchases", readonly=True, copy=False
    )
    party_ids = fields.One2many(
        "order.hub.ecn.party", "ecn_id", "To Tell", readonly=True, copy=False
    )
    impact_orders = fields.Integer("Open Orders", compute="_compute_impact_figures")
    impact_frozen = fields.Integer("Frozen", compute="_compute_impact_figures")
    impact_past = fields.Integer(
        "Past the Point of No Return", compute="_compute_impact_figures"
    )
    impact_switch = fields.Integer(
        "Suggested to Switch", compute="_compute_impact_figures"
    )
    impact_keep = fields.Integer("Suggested to Keep", compute="_compute_impact_figures")
    impact_decide = fields.Integer(
        "Suggested to Decide", compute="_compute_impact_figures"
    )
    impact_late = fields.Integer(
        "Late by the Change", compute="_compute_impact_figures"
    )
    impact_days = fields.Integer("Days at Most", compute="_compute_impact_figures")
    impact_mos = fields.Integer(
        "Manufacturing Orders", compute="_compute_impact_figures"
    )
    impact_mos_started = fields.Integer("Begun", compute="_compute_impact_figures")
    impact_stranded = fields.Integer(
        "Stranded Components", compute="_compute_impact_figures"
    )
    impact_short = fields.Integer("Short Components", compute="_compute_impact_figures")
    impact_unsourced = fields.Integer(
        "Without a Supplier", compute="_compute_impact_figures"
    )
    impact_wip_value = fields.Monetary(
        "Work in Progress", compute="_compute_impact_figures"
    )
    impact_lost_value = fields.Monetary(
        "Lost When Switching", compute="_compute_impact_figures"
    )
    impact_stranded_value = fields.Monetary(
        "Stranded Value", compute="_compute_impact_figures"
    )
    impact_short_value = fields.Monetary("To Buy", compute="_compute_impact_figures")
    impact_suppliers = fields.Integer(
        "Suppliers to Tell", compute="_compute_impact_figures"
    )
    impact_customers = fields.Integer(
        "Customers to Tell", compute="_compute_impact_figures"
    )
    impact_added = fields.Integer(
        "Came since the Last Report", compute="_compute_impact_figures"
    )
    impact_gone = fields.Integer(
        "Left since the Last Report", compute="_compute_impact_figures"
    )
    impact_stages = fields.Html(
        "By Stage", compute="_compute_impact_stages", sanitize=False
    )

    @api.depends("impact")
    def _compute_impact_figures(self):
        for ecn in self:
            figures = ecn.impact or {}
            for name, key in {**COUNTS, **AMOUNTS}.items():
                ecn[name] = figures.get(key, 0)
            for name in ("suppliers", "customers"):
                ecn[f"impact_{name}"] = figures.get(name, 0)
            for name in ("added", "gone"):
                ecn[f"impact_{name}"] = len(figures.get(name) or ())

    def _make_impact(self):
        """Make the impact report of these changes anew and write it down.

        Rows that are settled, and what persons chose, stay. The number of queries
        depends on how deep the structures are, not on the number of orders.

        :return: ``{ecn id: {"added": [order ids], "gone": [order ids]}}`` against the
            report before; nothing is added in a first report
        :raise UserError: when a draft contains itself
        """
        Impact = self.env["order.hub.ecn.impact"].sudo()
        changes = {}
        for ecn in self._inside():
            Impact = Impact.with_company(ecn.company_id)
            totals = Impact._keep(Impact._report(ecn))
            changes[ecn.id] = {key: totals[key] for key in ("added", "gone")}
            ecn.write(
                {
                    "impact": totals,
                    "impact_at": fields.Datetime.now(),
                    "cost_difference": totals["cost_difference"],
                }
            )
        return changes

    # === BY STAGE === #

    def _impact_stage_heads(self):
        """Return the heads of the table of stages."""
        return [
            self.env._("Stage"),
            self.env._("Orders"),
            self.env._("Past the Point of No Return"),
            self.env._("Switch"),
            self.env._("Decide"),
            self.env._("Keep"),
            self.env._("Cost Difference"),
        ]

    def _impact_stage_rows(self):
        """Return a dict a stage, in the order of the flow, with the stage's name."""
        self.ensure_one()
        rows = (self.impact or {}).get("stages", [])
        ids = [row["stage"] for row in rows if row["stage"]]
        stages = self.env["order.hub.stage"].sudo().browse(ids).exists()
        names = {stage.id: stage.name for stage in stages}
        none = self.env._("No stage")
        return [{**row, "name": names.get(row["stage"], none)} for row in rows]

    @api.depends("impact")
    @api.depends_context("lang")
    def _compute_impact_stages(self):
        for ecn in self:
            ecn.impact_stages = self.env["ir.qweb"]._render(
                "order_hub.ecn_impact_stages",
                {
                    "heads": ecn._impact_stage_heads(),
                    "rows": ecn._impact_stage_rows(),
                    "currency": ecn.currency_id,
                },
            )

    # === BUTTONS === #

    def action_impact_xlsx(self):
        """Download the report as a workbook."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/hub/ecn/{self.id}/impact.xlsx",
            "target": "download",
        }

    def action_impact_pdf(self):
        """Print the report."""
        self.ensure_one()
        self.check_access("read")
        report = self.env.ref("order_hub.order_hub_ecn_impact_action")
        return report.report_action(self)

    def action_impact_orders(self):
        """Open the orders of the report as list, pivot and graph."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_ecn_order_action"
        )
        return {**action, "domain": [("ecn_id", "=", self.id)]}
