from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import INTERNAL
from .order_hub_ecn import OPEN_STATES


class MrpBom(models.Model):
    """A draft that is on an engineering change is released by that change alone."""

    _inherit = "mrp.bom"

    hub_ecn_bom_ids = fields.One2many(
        "order.hub.ecn.bom", "draft_bom_id", "Made by Change", readonly=True
    )

    def _hub_open_ecns(self):
        """Return the open changes that these drafts are on (sudo)."""
        rows = self.sudo().hub_ecn_bom_ids
        return rows.ecn_id.filtered(lambda ecn: ecn.state in OPEN_STATES)

    def _hub_release(self, effective_date=None):
        """Release, unless approvals are waited for.

        :raise UserError: for drafts on a change that has not been approved
        """
        if self.env.context.get("order_hub_ecn") is not INTERNAL:
            ecn = self._hub_open_ecns()[:1]
            if ecn:
                raise UserError(
                    self.env._(
                        "This revision is on %s and is released when that change is "
                        "approved. Give the change to review.",
                        ecn.display_name,
                    )
                )
        return super()._hub_release(effective_date=effective_date)

    def _hub_drop_drafts(self):
        """Delete drafts that a change made and needs no more."""
        drafts = self.sudo().exists()
        drafts = drafts.filtered(
            lambda bom: (
                bom.hub_revision_state == "draft"
                and bom.hub_predecessor_id
                and not bom.hub_ecn_bom_ids
            )
        )
        drafts.unlink()
        return True

    def _hub_change_action(self):
        """Return the action that starts a change for these bills, for engineers."""
        if not self.env.user.has_group("order_hub.order_hub_group_engineer"):
            return super()._hub_change_action()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_ecn_action_new"
        )
        action["context"] = {
            "default_bom_ids": [Command.create({"bom_id": bom.id}) for bom in self]
        }
        return action

    def action_hub_ecn(self):
        """Start an engineering change for these released revisions.

        :return: the action that opens its form
        """
        self.check_access("read")
        ecn = self.env["order.hub.ecn"].create(
            {
                "title": self.env._("Change of %s", self[:1].display_name),
                "company_id": (self.company_id or self.env.company)[:1].id,
                "bom_ids": [Command.create({"bom_id": bom.id}) for bom in self],
            }
        )
        return ecn._open_form()
