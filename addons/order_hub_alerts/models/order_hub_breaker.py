from odoo import api, fields, models, tools
from odoo.tools import SQL


class OrderHubBreaker(models.Model):
    """A work center with too many orders before it: from when to when, and whose.

    A warning trips it (action *breaker* of its rule) and the end of that warning
    closes it again. While it is tripped, every order that waits there is written
    down. Nobody enters or changes such a record.
    """

    _name = "order.hub.breaker"
    _description = "Breaker"
    _inherit = ["mail.thread"]
    _order = "closed_at desc nulls first, tripped_at desc, id desc"

    workcenter_id = fields.Many2one(
        "mrp.workcenter", required=True, readonly=True, ondelete="restrict", index=True
    )
    name = fields.Char("Work Center Name", related="workcenter_id.name", store=True)
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    warning_id = fields.Many2one(
        "order.hub.warning", readonly=True, ondelete="set null", index="btree_not_null"
    )
    tripped_at = fields.Datetime("Tripped On", required=True, readonly=True)
    closed_at = fields.Datetime("Closed On", readonly=True)
    state = fields.Selection(
        [("tripped", "Tripped"), ("closed", "Closed")],
        compute="_compute_state",
        search="_search_state",
    )
    hours = fields.Float(
        "Lasted (h)",
        compute="_compute_hours",
        store=True,
        aggregator="avg",
        help="From when it tripped until it closed; counted when it closes.",
    )
    threshold = fields.Float("Allowed", readonly=True, digits=(16, 0), aggregator=None)
    tripped_queue = fields.Integer(
        "Orders When Tripped", readonly=True, aggregator="max"
    )
    queue = fields.Integer("Orders Now", readonly=True, aggregator=None)
    peak = fields.Integer("Most Orders", readonly=True, aggregator="max")
    order_ids = fields.One2many(
        "order.hub.breaker.order", "breaker_id", "Orders That Suffered", readonly=True
    )
    order_count = fields.Integer("Orders", compute="_compute_order_count")

    _open_uniq = models.UniqueIndex(
        "(workcenter_id) WHERE closed_at IS NULL",
        "The breaker of this work center is tripped already.",
    )

    # === COMPUTE === #

    @api.depends("closed_at")
    def _compute_state(self):
        for breaker in self:
            breaker.state = "closed" if breaker.closed_at else "tripped"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted >= {"tripped", "closed"}:
            return []
        if not wanted & {"tripped", "closed"}:
            return [("id", "=", False)]
        return [("closed_at", "=" if "tripped" in wanted else "!=", False)]

    @api.depends("tripped_at", "closed_at")
    def _compute_hours(self):
        for breaker in self:
            end = breaker.closed_at
            seconds = (end - breaker.tripped_at).total_seconds() if end else 0.0
            breaker.hours = seconds / 3600

    def _compute_order_count(self):
        counts = dict(
            self.env["order.hub.breaker.order"]._read_group(
                [("breaker_id", "in", self.ids)], ["breaker_id"], ["__count"]
            )
        )
        for breaker in self:
            breaker.order_count = counts.get(breaker, 0)

    def action_view_orders(self):
        """Open the orders that suffered, as far as the reader may see them."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.sale_order_action_all"
        )
        orders = self.sudo().order_ids.order_id
        return {**action, "domain": [("id", "in", orders.ids)], "context": {}}

    # === TRIP AND CLOSE === #

    @api.model
    def _trip(self, warnings, now):
        """Trip the breakers of the work centers that warnings are about.

        One that is tripped already stays as it is.

        :param warnings: ``order.hub.warning`` about ``mrp.workcenter``
        :param now: naive UTC
        :return: ``{work center id: breaker}``
        """
        service = self.sudo()
        centers = warnings.mapped("res_id")
        known = service._tripped(centers)
        queues = service._queues(centers)
        vals_list = [
            service._tripped_vals(warning, queues.get(warning.res_id, {}), now)
            for warning in warnings
            if warning.res_id not in known.workcenter_id.ids
        ]
        made = service.create(vals_list)
        (known | made)._write_down(queues, now)
        service._moved(made)
        return {breaker.workcenter_id.id: breaker for breaker in known | made}

    def _tripped(self, workcenter_ids=None):
        """Return the breakers that are tripped, of these work centers or of all."""
        domain = [("closed_at", "=", False)]
        if workcenter_ids is not None:
            domain.append(("workcenter_id", "in", list(workcenter_ids)))
        return self.search(domain)

    def _tripped_vals(self, warning, queue, now):
        center = self.env["mrp.workcenter"].browse(warning.res_id)
        return {
            "workcenter_id": center.id,
            "company_id": center.company_id.id or warning.company_id.id,
            "warning_id": warning.id,
            "tripped_at": now,
            "threshold": warning.threshold,
            "tripped_queue": int(warning.value),
            "queue": len(queue),
            "peak": len(queue),
        }

    @api.model
    def _untrip(self, warnings, now):
        """Close the breakers of work centers that no other open warning holds."""
        service = self.sudo()
        held = (
            self.env["order.hub.warning.action.run"]
            .sudo()
            .search(
                [
                    ("state", "=", "done"),
                    ("kind", "=", "breaker"),
                    ("warning_id", "not in", warnings.ids),
                    ("warning_id.state", "!=", "resolved"),
                    ("warning_id.res_model", "=", "mrp.workcenter"),
                    ("warning_id.res_id", "in", warnings.mapped("res_id")),
                ]
            )
        )
        centers = set(warnings.mapped("res_id")) - set(held.warning_id.mapped("res_id"))
        breakers = service._tripped(centers)
        breakers._write_down(service._queues(centers), now)
        breakers.order_ids.filtered(lambda row: not row.left_at).left_at = now
        breakers.write({"closed_at": now})
        service._moved(breakers)

    @api.model
    def _refresh(self, now):
        """Write down who waits before tripped work centers now."""
        if self._any_tripped():
            breakers = self.sudo()._tripped()
            breakers._write_down(self._queues(breakers.workcenter_id.ids), now)

    def _write_down(self, queues, now):
        """Keep the length of the queue, who joined it and who left.

        :param queues: ``{work center id: {order id: company id}}``
        """
        rows, left = [], self.env["order.hub.breaker.order"]
        for breaker in self:
            queue = queues.get(breaker.workcenter_id.id, {})
            breaker.queue, breaker.peak = len(queue), max(breaker.peak, len(queue))
            known = breaker.order_ids
            waiting = known.filtered(lambda row: not row.left_at)
            left |= waiting.filtered(lambda row, q=queue: row.order_id.id not in q)
            new = set(queue) - set(waiting.order_id.ids)
            rows += [
                {"breaker_id": breaker.id, "order_id": order_id, "joined_at": now}
                for order_id in sorted(new)
            ]
        left.left_at = now
        if rows:
            left.create(rows)

    def _tell_tripped(self, users):
        """Tell people once, in their inbox or by mail as they have chosen."""
        self.ensure_one()
        for lang, group in users.grouped("lang").items():
            breaker = self.with_context(lang=lang)
            breaker.message_notify(
                partner_ids=group.partner_id.ids,
                subject=breaker._told_subject(),
                body=breaker._told_body(),
            )

    def _told_subject(self):
        return self.env._("Breaker tripped: %s", self.name)

    def _told_body(self):
        return self.env._(
            "%(queue)s open orders wait at %(workcenter)s, %(allowed)s are allowed. "
            "You are told once; it closes by itself.",
            queue=self.tripped_queue,
            workcenter=self.name,
            allowed=int(self.threshold),
        )

    # === WHO WAITS === #

    @api.model
    def _queues(self, workcenter_ids):
        """Return ``{work center id: {order id: company id}}`` of open orders."""
        self.env.flush_all()
        found = {}
        for center, order, company in self.env.execute_query(
            SQL(
                """SELECT queue.workcenter_id, queue.order_id, queue.company_id
                     FROM (%s) queue WHERE queue.workcenter_id = ANY(%s)""",
                self.env["order.hub.warning.measure"]._workcenter_orders(),
                list(workcenter_ids),
            )
        ):
            found.setdefault(center, {})[order] = company
        return found

    # === ON THE WALL === #

    def _moved(self, breakers):
        """Let walls and lists know that a breaker tripped or closed."""
        if not breakers:
            return
        self.env.registry.clear_cache()
        group = self.env.ref("order_hub.order_hub_group_user").sudo()
        for company in breakers.company_id:
            group._bus_send("order_hub/moved", {"company_id": company.id})

    @api.model
    @tools.ormcache()
    def _any_tripped(self):
        """Tell whether any breaker is tripped: no query as a rule."""
        return bool(self.sudo().search_count([("closed_at", "=", False)], limit=1))
