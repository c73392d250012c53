from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Who or what asked for a check, the most telling first.
SOURCES = [("person", "Person"), ("rule", "Routing rule"), ("history", "History")]
#: Longest note that is kept with a result.
MAX_NOTE = 2000


class OrderHubOrderCheck(models.Model):
    """A check that one order has to pass: who asked for it, what came out.

    Nobody writes these rows: the hub makes them, and a result is given by
    :meth:`sale.order.hub_do_check` or the form behind the buttons. A rule and the
    customer's history may ask for the same check; it is done once.
    """

    _name = "order.hub.order.check"
    _description = "Check of an Order"
    _order = "order_id desc, sequence, id"
    _rec_name = "check_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    check_id = fields.Many2one(
        "order.hub.quality.check",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    sequence = fields.Integer(related="check_id.sequence", store=True)
    needs_photo = fields.Boolean(related="check_id.needs_photo")
    description = fields.Text(related="check_id.description")
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    hub_stage_id = fields.Many2one(related="order_id.hub_stage_id")
    hub_quality_level = fields.Selection(related="order_id.hub_quality_level")
    by_rule = fields.Boolean("Rule Asks", readonly=True)
    by_history = fields.Boolean("History Asks", readonly=True)
    by_person = fields.Boolean("Person Asks", readonly=True)
    source = fields.Selection(
        SOURCES, "Asked By", compute="_compute_source", store=True
    )
    state = fields.Selection(
        [("open", "To do"), ("passed", "Passed"), ("failed", "Failed")],
        default="open",
        required=True,
        readonly=True,
    )
    note = fields.Text(readonly=True)
    evidence_id = fields.Many2one(
        "order.hub.evidence", "Photo", readonly=True, ondelete="restrict"
    )
    image = fields.Binary(related="evidence_id.image", string="Picture")
    done_by_id = fields.Many2one("res.users", readonly=True)
    done_date = fields.Datetime("Done On", readonly=True)

    _order_check_uniq = models.UniqueIndex(
        "(order_id, check_id)", "The order has this check already."
    )
    _to_do_idx = models.Index("(company_id, order_id) WHERE state != 'passed'")

    @api.depends("by_person", "by_rule", "by_history")
    def _compute_source(self):
        for check in self:
            asking = (source for source, _label in SOURCES if check[f"by_{source}"])
            check.source = next(asking, False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        done = self.filtered(lambda check: check.state != "open")
        if done:
            raise UserError(
                self.env._(
                    "“%(check)s” of order %(order)s has been done and is kept.",
                    check=done[0].check_id.name,
                    order=done[0].order_id.name,
                )
            )

    # === RESULT === #

    def action_pass(self):
        """Pass a check, asking for a photo where one is wanted."""
        self.ensure_one()
        if self.needs_photo:
            return self._open_result()
        self._finish(True)
        return True

    def action_fail(self):
        """Ask what is wrong."""
        return self._open_result()

    def _open_result(self):
        self.ensure_one()
        return {
            "name": self.check_id.name,
            "type": "ir.actions.act_window",
            "res_model": "order.hub.order.check.result",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_check_id": self.id},
        }

    def _finish(self, passed, note=None, photo=None):
        """Give one check its result, for the user who calls.

        A failed check may be passed later and the other way round; each result is
        told in the order's messages.

        :param bool passed: whether it holds
        :param str note: what was found; must say something when it does not hold
        :param dict photo: ``{"content" (base64), "filename"}``
        :raise AccessError: for users who are no operators or cannot see the order
        :raise UserError: without a note or photo where one is wanted, or when the
            order is closed
        """
        self.ensure_one()
        self._check_may_finish()
        note = str(note or "").strip()[:MAX_NOTE]
        check = self.sudo()
        check.order_id._hub_lock()
        check._check_result(passed, note, photo)
        check.write(
            {
                "state": "passed" if passed else "failed",
                "note": note or False,
                "evidence_id": check._keep_photo(photo) or check.evidence_id.id,
                "done_by_id": self.env.uid,
                "done_date": fields.Datetime.now(),
            }
        )
        check._tell_order()
        check.order_id._hub_checks_changed()

    def _check_may_finish(self):
        if self.env.su:
            return
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._(
                    "Checks are done by operators of the order hub. Ask one of them."
                )
            )
        self.check_access("read")
        self.order_id.check_access("read")

    def _check_result(self, passed, note, photo):
        if not self.order_id.hub_is_open:
            raise UserError(
                self.env._(
                    "Order %s is closed: its checks stay as they are.",
                    self.order_id.name,
                )
            )
        if not passed and not note:
            raise UserError(
                self.env._("Say what is wrong, for those who have to mend it.")
            )
        if passed and self.needs_photo and not photo and not self.evidence_id:
            raise UserError(
                self.env._(
                    "“%s” passes with a photo only. Take one first.",
                    self.check_id.name,
                )
            )

    def _keep_photo(self, photo):
        """Keep a photo as evidence of the order; return its id, or ``None``."""
        if not photo:
            return None
        item = {
            "kind": "photo",
            "content": photo.get("content"),
            "filename": photo.get("filename"),
            "note": self.check_id.name,
        }
        no_stage = self.env["order.hub.stage"]
        return self.env["order.hub.evidence"]._add(self.order_id, no_stage, [item]).id

    def _tell_order(self):
        """Post the result to the order: what came before stays to be read."""
        for check in self:
            template = (
                self.env._("Check “%(check)s” passed. %(note)s")
                if check.state == "passed"
                else self.env._("Check “%(check)s” failed: %(note)s")
            )
            check.order_id.message_post(
                body=template % {"check": check.check_id.name, "note": check.note or ""}
            )

    def _is_dropped(self, flags):
        """Tell whether nobody would ask for an open check with these flags."""
        self.ensure_one()
        asking = {f"by_{name}": self[f"by_{name}"] for name, _label in SOURCES}
        return self.state == "open" and not any({**asking, **flags}.values())

    # === READ === #

    @api.model
    def _undone(self, orders):
        """Return ``{order id: checks that have not passed}`` (sudo), one query."""
        checks = self.sudo().search(
            [("order_id", "in", orders.ids), ("state", "!=", "passed")]
        )
        found = {}
        for check in checks:
            found.setdefault(check.order_id.id, checks.browse())
            found[check.order_id.id] |= check
        return found

    def _to_scan(self):
        """Return the checks as the scanning screen shows them."""
        sources = dict(self._fields["source"]._description_selection(self.env))
        return [
            {
                "id": check.id,
                "name": check.check_id.name,
                "description": check.description or "",
                "needs_photo": check.needs_photo,
                "has_photo": bool(check.evidence_id),
                "state": check.state,
                "source": sources.get(check.source, ""),
                "note": check.note or "",
                "done_by": check.done_by_id.name or "",
            }
            for check in self.sorted("sequence")
        ]
