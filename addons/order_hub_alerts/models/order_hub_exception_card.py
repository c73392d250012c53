from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What has to be known of a new kind of problem before it is solved.
LEARNED = ("root_cause", "steps", "prevention")
#: What tells whether a problem was learned from.
LEARNING = frozenset({"state", "disposition_id", "kind_id", *LEARNED})


class OrderHubException(models.Model):
    """Closing a problem: with a card of one like it, or with what becomes a card.

    What the hub opened and closes by itself is free.
    """

    _inherit = "order.hub.exception"

    disposition_id = fields.Many2one(
        "order.hub.disposition",
        "Disposition Card",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        copy=False,
        help="What was known of a problem like this one.",
    )
    root_cause = fields.Text(copy=False, help="Why it happened, not who did it.")
    steps = fields.Text(copy=False, help="What was done about it, one a line.")
    prevention = fields.Text(copy=False, help="What keeps it from happening again.")
    needs_card = fields.Boolean(compute="_compute_needs_card")

    @api.depends("is_automatic", "kind_id.needs_card")
    def _compute_needs_card(self):
        for hold in self:
            kind = hold.kind_id.sudo()
            hold.needs_card = kind.needs_card and not hold.is_automatic

    @api.constrains(*LEARNING)
    def _check_learned(self):
        """Refuse to call a new kind of problem solved that nobody learns from."""
        for hold in self:
            if hold.state != "solved" or hold.disposition_id or not hold.needs_card:
                continue
            missing = hold._not_said()
            if missing:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” on order %(order)s is a new kind of problem. "
                        "Before it is closed as solved, say: %(missing)s. Or choose "
                        "the card of a problem like it.",
                        name=hold.name,
                        order=hold.order_id.name,
                        missing=", ".join(missing),
                    )
                )

    def _not_said(self):
        """Return the labels of what nobody has written yet."""
        labels = self.fields_get(LEARNED, ["string"])
        return [
            labels[name]["string"] for name in LEARNED if not (self[name] or "").strip()
        ]

    # === CRUD === #

    def write(self, vals):
        if "is_automatic" in vals and not self.env.su:
            self._refuse_to_forge()
        result = super().write(vals)
        if LEARNING.intersection(vals):
            self._keep_what_was_learned()
        return result

    def _refuse_to_forge(self):
        raise UserError(
            self.env._(
                "Whether a problem closes by itself is decided by the hub when it "
                "opens it. Close it with a card, or drop it if it is none."
            )
        )

    def _keep_what_was_learned(self):
        """Make cards of solved problems that say all; copy what helped otherwise."""
        solved = self.filtered(lambda hold: hold.state == "solved")
        new = solved.filtered(
            lambda hold: not hold.disposition_id and not hold._not_said()
        )
        if new:
            new._make_cards()
        for hold in solved.filtered("disposition_id"):
            if not hold.resolution:
                hold.resolution = hold.steps or hold.disposition_id.sudo().steps

    def _make_cards(self):
        """Make a card of each, or bring the one up to date that it made before."""
        self.flush_recordset()  # whoever comes second at the same moment waits here
        Card = self.env["order.hub.disposition"].sudo().with_context(active_test=False)
        made = Card.search([("source_id", "in", self.ids)])
        for card in made:
            card.write({name: card.source_id[name] for name in LEARNED})
        new = self - made.source_id
        made |= Card.create([hold._card_values() for hold in new])
        for card in made:
            card.source_id.with_env(self.env).disposition_id = card.id

    def _card_values(self):
        """Return the values of the card that a solved problem becomes."""
        product = self._about()
        return {
            "name": self.name,
            "kind_id": self.kind_id.id,
            "company_id": self.company_id.id,
            **{name: self[name] for name in LEARNED},
            "product_ids": product.ids,
            "categ_id": product.categ_id.id,
            "supplier_id": self.supplier_id.id,
            "stage_id": self.stage_id.id,
            "source_id": self.id,
        }

    def _about(self):
        """Return the product (sudo) it is about: as said, or the order's only one."""
        products = self.sudo().product_id or self._order_products()
        return products if len(products) == 1 else products.browse()

    # === ACTIONS === #

    def action_solve_with(self, card_id):
        """Close problems with a card of one like them: one tap.

        :param int card_id: ``order.hub.disposition``
        :return: True
        :raise UserError: for what is closed already, and for cards that are not in use
        :raise AccessError: for cards and problems of others
        """
        self.check_access("write")
        card = self.env["order.hub.disposition"].browse(int(card_id)).exists()
        card.check_access("read")
        if not card.active:
            raise UserError(
                self.env._("This card is not in use any more. Choose another one.")
            )
        closed = self.filtered(lambda hold: hold.state != "open")
        if closed:
            raise UserError(
                self.env._(
                    "“%(name)s” was closed by %(person)s already. Open it again to "
                    "solve it with this card.",
                    name=closed[0].name,
                    person=closed[0].solved_by_id.sudo().name or "–",
                )
            )
        self.write({"disposition_id": card.id})
        self.action_solve()
        return True
