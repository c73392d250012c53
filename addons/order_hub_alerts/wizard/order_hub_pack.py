from odoo import api, fields, models
from odoo.fields import Domain

from ..const import PACKS

#: What a pack holds.
HELD = {"rule_ids": "order.hub.warning.rule", "indicator_ids": "order.hub.indicator"}


class OrderHubPack(models.TransientModel):
    """One industry pack: the rules and indicators that come with it.

    A pack is on when everything in it is; switching it takes its rules of this
    company, and those of all companies, in or out of use. Indicators are the same
    for all companies.
    """

    _name = "order.hub.pack"
    _description = "Industry Pack"
    _rec_name = "pack"
    _transient_max_hours = 1

    pack = fields.Selection(PACKS, "Industry Pack", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    rule_ids = fields.Many2many(
        "order.hub.warning.rule",
        compute="_compute_held",
        string="Rules",
        context={"active_test": False},
    )
    indicator_ids = fields.Many2many(
        "order.hub.indicator",
        compute="_compute_held",
        string="Indicators",
        context={"active_test": False},
    )
    summary = fields.Char("In Use", compute="_compute_held")
    state = fields.Selection(
        [("on", "On"), ("partly", "Partly On"), ("off", "Off"), ("empty", "Empty")],
        compute="_compute_held",
    )

    @api.depends("pack", "company_id")
    def _compute_held(self):
        held = {name: self._held(model).grouped("pack") for name, model in HELD.items()}
        for pack in self:
            things = {
                name: groups.get(pack.pack, self.env[HELD[name]])
                for name, groups in held.items()
            }
            pack.update(things)
            known = [thing.active for group in things.values() for thing in group]
            pack.state = self._state(known)
            pack.summary = self.env._(
                "%(on)s of %(count)s", on=sum(known), count=len(known)
            )

    @api.model
    def _held(self, model):
        """Return the records of a model that packs of this company hold."""
        Model = self.env[model].with_context(active_test=False)
        domain = Domain.TRUE
        if "company_id" in Model._fields:
            domain = Domain("company_id", "in", (False, self.env.company.id))
        return Model.search(domain)

    @api.model
    def _state(self, known):
        if not known:
            return "empty"
        if all(known):
            return "on"
        return "partly" if any(known) else "off"

    @api.model
    def action_open(self):
        """Open the packs, each with what it holds and whether it is in use."""
        packs = self.create([{"pack": key} for key, _label in PACKS])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_alerts.order_hub_pack_action_list"
        )
        action["domain"] = [("id", "in", packs.ids)]
        return action

    def action_switch_on(self):
        """Take everything in these packs into use.

        :raise AccessError: unless one may change rules and indicators
        """
        return self._switch(True)

    def action_switch_off(self):
        """Take everything in these packs out of use; figures measured stay.

        :raise AccessError: unless one may change rules and indicators
        """
        return self._switch(False)

    def _switch(self, is_on):
        for name in HELD:
            things = self[name]
            things.check_access("write")
            things.filtered(lambda thing: thing.active != is_on).active = is_on
        self.invalidate_recordset()
        return True
