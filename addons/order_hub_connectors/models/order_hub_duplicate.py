from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

STATES = [
    ("open", "To Decide"),
    ("kept", "Both Kept"),
    ("merged", "Merged"),
    ("over", "No Longer Alike"),
]


class OrderHubDuplicate(models.Model):
    """An inbound order that is likely one the hub has already, and what was decided.

    One row a pair. The hub makes the rows; people decide by the buttons, and each
    decision is kept (``order.hub.duplicate.decision``).
    """

    _name = "order.hub.duplicate"
    _description = "Likely Repeat"
    _order = "id desc"
    _rec_name = "inbound_id"

    inbound_id = fields.Many2one(
        "order.hub.inbound",
        "Came In",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    channel_id = fields.Many2one(
        "order.hub.channel", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    other_order_id = fields.Many2one(
        "sale.order",
        "Like Order",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    other_inbound_id = fields.Many2one(
        "order.hub.inbound",
        "Like Inbound Order",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    other_key = fields.Integer(
        required=True,
        readonly=True,
        help="The other one: its inbound order as a negative number, else its order.",
    )
    own_order_id = fields.Many2one(
        "sale.order",
        "Order Made of It",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    partner_id = fields.Many2one(related="inbound_id.partner_id")
    score = fields.Float(readonly=True, digits=(4, 1), help="0 to 100.")
    points = fields.Json(readonly=True, prefetch=False)
    facts = fields.Json(readonly=True, prefetch=False)
    state = fields.Selection(
        STATES, default="open", required=True, readonly=True, index=True
    )
    found_at = fields.Datetime(required=True, readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decided_at = fields.Datetime(readonly=True)
    decision_ids = fields.One2many("order.hub.duplicate.decision", "duplicate_id")

    _pair_uniq = models.UniqueIndex(
        "(inbound_id, other_key)", "These two were compared already."
    )
    _open_idx = models.Index("(company_id, id) WHERE state = 'open'")

    @api.depends("inbound_id", "other_order_id", "other_inbound_id")
    def _compute_display_name(self):
        for row in self:
            other = row._other_order()
            row.display_name = self.env._(
                "%(came)s and %(other)s",
                came=row.inbound_id.external_ref,
                other=other.name or row.other_inbound_id.external_ref,
            )

    def _other_order(self):
        """Return the like order, also when it was not one yet at first."""
        return self.other_order_id or self.other_inbound_id.order_id

    # === GUARD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_is_hub()
        return super().create(vals_list)

    def write(self, vals):
        self._check_is_hub()
        return super().write(vals)

    def _check_is_hub(self):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "The hub finds likely repeats. Decide with Merge or Keep Both."
                )
            )

    # === KEPT BY THE STEP: a few queries for a batch === #

    @api.model
    def _store_found(self, channel, facts, matches):
        """Keep what was found of a batch; what is alike no more is over.

        :param facts: ``{inbound id: engine.likeness.Facts}`` of the whole batch
        :param matches: ``{inbound id: (other, Likeness)}``; an other is a dict of
            ``key``, ``order_id``, ``inbound_id``, ``name`` and ``facts``
        """
        self._end_others(list(facts), matches)
        if not matches:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_hub_duplicate
                       (inbound_id, channel_id, company_id, other_order_id,
                        other_inbound_id, other_key, score, points, facts, state,
                        found_at, create_uid, create_date)
                   VALUES %s
                   ON CONFLICT (inbound_id, other_key) DO UPDATE
                      SET score = excluded.score, points = excluded.points,
                          facts = excluded.facts, state = 'open',
                          other_order_id = excluded.other_order_id
                    WHERE order_hub_duplicate.state IN ('open', 'over')""",
                SQL(", ").join(
                    self._found_row(channel, inbound_id, facts[inbound_id], *match)
                    for inbound_id, match in matches.items()
                ),
            )
        )
        self.invalidate_model(flush=False)

    def _found_row(self, channel, inbound_id, mine, other, found):
        now = fields.Datetime.now()
        return SQL(
            "(%s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', %s, %s, %s)",
            inbound_id,
            channel.id,
            channel.company_id.id,
            other["order_id"],
            other["inbound_id"],
            other["key"],
            found.score,
            self._json("points", found.points),
            self._json(
                "facts", {"mine": mine.to_json(), "theirs": other["facts"].to_json()}
            ),
            now,
            self.env.uid,
            now,
        )

    def _json(self, name, value):
        return self._fields[name].convert_to_column_insert(value, self)

    def _end_others(self, inbound_ids, matches):
        """Close open questions of messages that are alike to that other no more."""
        asked = tuple((id_, row[0]["key"]) for id_, row in matches.items())
        self.env.cr.execute(
            SQL(
                """UPDATE order_hub_duplicate SET state = 'over'
                    WHERE state = 'open' AND inbound_id IN %s
                      AND (inbound_id, other_key) NOT IN %s""",
                tuple(inbound_ids),
                asked or ((0, 0),),
            )
        )

    @api.model
    def _kept_apart(self, inbound_ids):
        """Return ``{inbound id: keys of others}`` of pairs that somebody kept apart.

        Either way round: who has said that two orders are two is not asked again.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT inbound_id, other_key FROM order_hub_duplicate
                    WHERE state = 'kept' AND inbound_id IN %(ids)s
                    UNION
                   SELECT other_inbound_id, -inbound_id FROM order_hub_duplicate
                    WHERE state = 'kept' AND other_inbound_id IN %(ids)s""",
                ids=tuple(inbound_ids),
            )
        )
        apart = {}
        for inbound_id, key in rows:
            apart.setdefault(inbound_id, set()).add(key)
        return apart
