import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.bom import digest

#: An impact report older than this is made anew before anybody approves: stock and
#: purchases have moved on.
IMPACT_HOURS = 24


class OrderHubEcn(models.Model):
    """The way to review: drafts are looked at, the impact report is made."""

    _inherit = "order.hub.ecn"

    # === WHO === #

    def _check_may_engineer(self):
        """Raise for everybody who may not write these changes."""
        self.check_access("write")
        if not self.env.user.has_group("order_hub.order_hub_group_engineer"):
            raise AccessError(
                self.env._(
                    "Engineering changes are made by engineers. Ask one of them, or "
                    "your administrator for the role."
                )
            )

    def _lock(self):
        """Lock the changes and look at them as they are now (inside).

        Of two users at once the second one waits here, and sees what the first did.
        """
        ecns = self._inside()
        ecns.flush_recordset()
        self.env.execute_query(
            SQL(
                "SELECT id FROM order_hub_ecn WHERE id = ANY(%s) "
                "ORDER BY id FOR UPDATE",
                ecns.ids,
            )
        )
        ecns.invalidate_recordset(flush=False)
        return ecns

    # === STATES === #

    def action_review(self):
        """Make the impact report and ask the approvers.

        :raise AccessError: for users who are no engineers
        :raise UserError: when there is nothing to decide about, or nobody to decide
        """
        self._check_may_engineer()
        for ecn in self._lock():
            ecn._check_is_draft()
            ecn._check_has_changes()
            ecn._settle_bases()
            ecn.write({"state": "review", "round": ecn.round + 1})
            ecn._refresh_impact()
            ecn._check_somebody_approves()
            ecn._ask_approvers()
        return True

    def action_draft(self):
        """Take changes back to draft: they are worked on, then reviewed again."""
        self._check_may_engineer()
        for ecn in self._lock():
            if ecn.state not in ("review", "rejected", "cancelled") or ecn.applied_at:
                raise UserError(
                    self.env._(
                        "%s has been applied, or is being so. Make another change that "
                        "takes it back.",
                        ecn.name,
                    )
                )
            ecn._ask_nobody()
            ecn.write({"state": "draft"})
            ecn.bom_ids.draft_bom_id.active = True
        return True

    def action_cancel(self):
        """Cancel changes that have not been applied; their drafts are archived."""
        self._check_may_engineer()
        for ecn in self._lock():
            if ecn.state not in ("draft", "review", "rejected") or ecn.applied_at:
                raise UserError(
                    self.env._(
                        "%s cannot be cancelled any more. Make another change that "
                        "takes it back.",
                        ecn.name,
                    )
                )
            ecn._ask_nobody()
            ecn.write({"state": "cancelled"})
            ecn.bom_ids.draft_bom_id.active = False
        return True

    def _check_has_changes(self):
        """Raise when a draft is missing or the same as what it replaces."""
        self.ensure_one()
        if not self.bom_ids:
            raise UserError(
                self.env._("%s names no BOM. Add what is to be changed.", self.name)
            )
        nodes = self._draft_nodes()
        for row in self.bom_ids:
            if nodes[row.draft_bom_id.id].content_hash() == row._base().content_hash():
                raise UserError(
                    self.env._(
                        "%s is still the same as the revision it replaces. Open the "
                        "draft and change it first.",
                        row.draft_bom_id.display_name,
                    )
                )

    def _check_somebody_approves(self):
        """Raise when no role is asked: a change nobody agrees to is not made."""
        self.ensure_one()
        if not self._roles_asked():
            raise UserError(
                self.env._(
                    "Nobody has to approve %(ecn)s in %(company)s. Set up who does: "
                    "Configuration, ECN Approvers.",
                    ecn=self.name,
                    company=self.company_id.name,
                )
            )

    # === IMPACT === #

    def _draft_nodes(self):
        """Return ``{draft id: Node of its own level}``."""
        return self.env["order.hub.bom.tree"]._own(self.bom_ids.draft_bom_id)

    def _replaced_boms(self):
        """Return the revisions that orders may switch from: the whole chains."""
        rows = self.sudo().bom_ids
        chain = rows.bom_id._hub_revisions()
        return chain.filtered(
            lambda bom: (
                bom.hub_revision_state != "draft" and bom not in rows.draft_bom_id
            )
        )

    def _affected_freezes(self, orders=None):
        """Return the BOM freezes in force that name a revision to be replaced.

        One query, whatever the number of orders; orders that an earlier change left
        on an older revision are among them.

        :param orders: ``sale.order`` records to look at only
        """
        Freeze = self.env["order.hub.bom.freeze"].sudo()
        boms = self._replaced_boms().ids
        if not boms:
            return Freeze
        found = self.env.execute_query(
            SQL(
                """SELECT frozen.id
                     FROM order_hub_bom_snapshot kept
                     JOIN order_hub_bom_freeze frozen ON frozen.snapshot_id = kept.id
                    WHERE frozen.state = 'frozen'
                      AND frozen.company_id = ANY(%s) AND kept.company_id = ANY(%s)
                      AND %s
                      AND jsonb_path_exists(
                              kept.pins, '$.* ? (@ == $boms[*])', %s::jsonb)
                    ORDER BY frozen.id""",
                self.company_id.ids,
                self.company_id.ids,
                SQL("TRUE")
                if orders is None
                else SQL("frozen.order_id = ANY(%s)", orders.ids),
                json.dumps({"boms": boms}),
            )
        )
        return Freeze.browse([id_ for (id_,) in found])

    def _current_key(self):
        """Return of what the impact report depends: drafts, orders, their stages."""
        self.ensure_one()
        freezes = self._affected_freezes()
        drafts = self._draft_nodes()
        return digest(
            {
                "drafts": {
                    str(row.bom_id.id): drafts[row.draft_bom_id.id].content_hash()
                    for row in self.bom_ids
                },
                "orders": [
                    [freeze.id, freeze.order_id.hub_stage_id.id] for freeze in freezes
                ],
            }
        )

    def _is_impact_outdated(self):
        """Tell whether the report is missing, old, or about something else."""
        self.ensure_one()
        oldest = fields.Datetime.now() - timedelta(hours=IMPACT_HOURS)
        if not self.impact_at or self.impact_at < oldest:
            return True
        return self.impact_key != self._current_key()

    def _refresh_impact(self):
        """Make the impact report anew and remember what it is about."""
        for ecn in self._inside():
            ecn._make_impact()
            ecn.impact_key = ecn._current_key()
        return True

    def action_refresh(self):
        """Make the impact report anew, for everybody who may approve or engineer."""
        self.check_access("read")
        for ecn in self._lock():
            if ecn.state not in ("draft", "review"):
                raise UserError(
                    self.env._(
                        "The report of %s tells what was decided about, and stays.",
                        ecn.name,
                    )
                )
            ecn._refresh_impact()
        return True

    @api.model
    def _notify(self, title, message, kind="info"):
        """Return the action that shows a message and reloads the form."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": message,
                "type": kind,
                "sticky": kind != "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _open_form(self):
        """Return the action that opens this change."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "name": self.display_name,
        }
