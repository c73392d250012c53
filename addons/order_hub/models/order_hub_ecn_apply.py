from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.impact_tree import switched
from .order_hub_bom_tree import Root

#: Orders that are switched within the approval; more are left to the job.
AT_ONCE = 20
#: Orders that the job switches between two commits.
BATCH = 50


class OrderHubEcn(models.Model):
    """Applying: the drafts become revisions, the orders switch, batch by batch.

    What is left is in the rows themselves (``state = todo``): a job that was killed
    goes on where it was, and an order that is done is not touched again.
    """

    _inherit = "order.hub.ecn"

    def _begin(self):
        """Release the drafts and switch the orders: few at once, many by the job."""
        self.ensure_one()
        self.bom_ids.draft_bom_id._hub_release()
        self.write(
            {
                "state": "applying",
                "applied_at": self.env.cr.now(),
                "applied_fingerprint": self._fingerprint(),
            }
        )
        self._message_log(body=self._begin_words())
        rows = self._rows_due(AT_ONCE + 1)
        if len(rows) <= AT_ONCE:
            rows._apply()
            self._finish()
        else:
            self._later()

    def _begin_words(self):
        labels = [
            f"{row.product_tmpl_id.display_name} {row.old_label} → {row.new_label}"
            for row in self.bom_ids
        ]
        return self.env._("Released: %s. Orders are switched.", ", ".join(labels))

    def _later(self):
        """Let the job go on at once."""
        self.env.ref("order_hub.ir_cron_ecn_apply").sudo()._trigger()

    def _rows_due(self, limit=BATCH):
        """Return and lock orders to look at; those another worker has are left out.

        What waits for a decision is not due.
        """
        rows = self.env["order.hub.ecn.order"]._inside()
        rows.flush_model(["state", "choice"])
        found = self.env.execute_query(
            SQL(
                """SELECT id FROM order_hub_ecn_order
                    WHERE ecn_id = ANY(%s) AND state = 'todo' AND choice != 'decide'
                 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
                self.ids,
                limit,
            )
        )
        return rows.browse([id_ for (id_,) in found])

    # === JOB === #

    @api.model
    def _cron_apply(self):
        """Switch the orders of all changes being applied, a batch a transaction."""
        Cron = self.env["ir.cron"]
        ids = self.sudo().search([("state", "=", "applying")], order="id").ids
        rows = self.env["order.hub.ecn.order"].sudo()
        left = rows.search_count([*rows._due_domain(), ("ecn_id", "in", ids)])
        Cron._commit_progress(remaining=left)
        for id_ in ids:
            if not self.browse(id_)._inside()._go_on(Cron):
                break

    def _go_on(self, cron):
        """Apply batch by batch; return the seconds that are left for the job."""
        left = True
        while left and (rows := self._rows_due()):
            rows._apply()
            left = cron._commit_progress(len(rows))
        if left:
            self._finish()
            left = cron._commit_progress(0)
        return left

    def action_go_on(self):
        """Try again what failed, and go on with what is left.

        :raise AccessError: for users who are no engineers
        """
        self._check_may_engineer()
        for ecn in self._lock():
            if ecn.state != "applying":
                raise UserError(self.env._("%s is not being applied.", ecn.name))
            failed = ecn.order_ids.filtered(lambda row: row.state == "failed")
            failed.write({"state": "todo", "message": False})
            rows = ecn._rows_due(AT_ONCE)
            rows._apply()
            ecn._finish()
            if len(rows) == AT_ONCE:
                ecn._later()
        return True

    # === END === #

    def _finish(self):
        """Settle what came meanwhile; done when every order is decided about."""
        self.ensure_one()
        self._skip_closed()
        self._add_late_orders()
        self.invalidate_recordset(["order_ids"], flush=False)
        left = self.order_ids.filtered(lambda row: row.state in ("todo", "failed"))
        if not self.told_at and not left.filtered(lambda row: row._is_due()):
            self._tell_all()
        if left:
            return
        self.write({"state": "done"})
        self._reversal_done()
        self._message_log(body=self.env._("Done. %s", self._outcome_words()))

    def _skip_closed(self):
        """Leave orders alone that were cancelled or closed while others decided."""
        rows = self.order_ids.filtered(lambda row: row.state in ("todo", "failed"))
        closed = rows.filtered(lambda row: not row._is_order_open())
        closed._settle("skipped", self.env._("The order is cancelled or closed."))

    def _add_late_orders(self):
        """List orders that were frozen on the old revision while it was replaced."""
        late = self._affected_freezes().order_id - self.order_ids.order_id
        self.env["order.hub.ecn.order"]._inside().create(
            [
                {
                    "ecn_id": self.id,
                    "order_id": order.id,
                    "stage_id": order.hub_stage_id.id,
                    "suggestion": "decide",
                    "choice": "decide",
                    "message": self.env._("Came while the change was applied."),
                }
                for order in late
            ]
        )

    def _outcome_words(self):
        """Return how many orders switched, kept, and so on."""
        rows = self.order_ids
        done = rows.filtered(lambda row: row.state == "done").grouped("choice")
        return self.env._(
            "%(switch)s orders switched, %(keep)s keep what they had, %(skip)s were "
            "cancelled or closed.",
            switch=len(done.get("switch", ())),
            keep=len(done.get("keep", ())),
            skip=len(rows.filtered(lambda row: row.state == "skipped")),
        )

    def _new_nodes(self):
        """Return ``{(replaced bom id, product id): Node of the new revision}``.

        Every variant that a replaced revision makes has its tree by the new one.
        """
        self.ensure_one()
        roots = [
            Root((old.id, product.id), product.id, row.draft_bom_id.id)
            for row in self.bom_ids
            for product in row._products()
            for old in row.bom_id._hub_revisions() - row.draft_bom_id
        ]
        return self.env["order.hub.bom.tree"]._nodes(roots, self.company_id)

    def _switched_nodes(self, freezes, news):
        """Return ``{freeze id: Node}``: how each line is made by the new revisions.

        Lines that share a snapshot are worked out once.
        """
        found = {}
        for snapshot, rows in freezes.grouped("snapshot_id").items():
            found.update(dict.fromkeys(rows.ids, switched(snapshot._node(), news)))
        return found
