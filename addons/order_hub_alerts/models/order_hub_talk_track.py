from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import talk_track as engine


class OrderHubTalkTrack(models.Model):
    """A text for customers with facts of their order in it.

    Its ``{{ facts }}`` are names from a list; nothing in it is evaluated (see
    ``engine.talk_track``), so whoever writes it reaches no other data with it.
    """

    _name = "order.hub.talk.track"
    _description = "Talk-Track"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Empty: every company may use it.",
    )
    body = fields.Text(
        "Text",
        required=True,
        translate=True,
        help="What to say to the customer. {{ customer }} is replaced by a fact of "
        "the order, {{ new_date ||| soon }} by “soon” where nobody knows it.",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language",
        help="Empty: the customer's own.",
    )
    facts_text = fields.Text("Facts", compute="_compute_facts_text")
    preview_order_id = fields.Many2one(
        "sale.order", "Try With", store=False, help="Shown below, never sent."
    )
    preview = fields.Text(compute="_compute_preview")

    @api.constrains("body")
    def _check_body(self):
        """Refuse what is not on the list of facts, in words."""
        known = self._fact_names()
        for track in self:
            found = engine.mistakes(track.body or "", known)
            if found:
                raise ValidationError(track._mistake_text(found[0], known))

    def _mistake_text(self, mistake, known):
        if mistake.code == "long":
            return self.env._(
                "“%(name)s” is too long: %(limit)s characters at most.",
                name=self.name,
                limit=mistake.detail,
            )
        if mistake.code == "open":
            return self.env._(
                "In “%(name)s” a fact is not written in full: %(sign)s stands alone. "
                "Write {{ customer }}.",
                name=self.name,
                sign=mistake.detail,
            )
        return self.env._(
            "“%(name)s” asks for “%(fact)s”, which is no fact of an order. Known are: "
            "%(facts)s.",
            name=self.name,
            fact=mistake.detail,
            facts=", ".join(sorted(known)),
        )

    def _compute_facts_text(self):
        text = "\n".join(
            f"{{{{ {name} }}}}  {label}" for name, label in self._fact_labels().items()
        )
        for track in self:
            track.facts_text = text

    @api.depends("body", "lang", "preview_order_id")
    @api.depends_context("uid", "lang")
    def _compute_preview(self):
        """The text for an order that the reader may see."""
        now = fields.Datetime.now()
        for track in self:
            order = track.preview_order_id._origin
            if not order or engine.mistakes(track.body or "", self._fact_names()):
                track.preview = False
                continue
            order.check_access("read")
            track.preview = engine.render(
                track.body, track._facts(order, now)[order.id]
            )

    # === RENDERING === #

    def _render(self, orders, now):
        """Return the text for each order, in its customer's language.

        Callers check who may read the orders.

        :param orders: ``sale.order``
        :param now: naive UTC
        :return: ``{order id: text}``
        """
        self.ensure_one()
        texts = {}
        for lang, group in orders.sudo().grouped(self._language_of).items():
            track = self.sudo().with_context(lang=lang)
            facts = track._facts(group, now)
            texts |= {id_: engine.render(track.body, facts[id_]) for id_ in facts}
        return texts

    def _language_of(self, order):
        return self.lang or order.partner_id.lang or self.env.lang
