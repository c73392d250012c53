from odoo import api, fields, models, tools

from ..engine import similar


class OrderHubDisposition(models.Model):
    """A disposition card: what a problem came from, what helped, what prevents it.

    It is made by closing a new kind of problem, found again by what people write,
    and judged by those who tried it.
    """

    _name = "order.hub.disposition"
    _description = "Disposition Card"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        "Problem", required=True, tracking=True, help="As people would tell it."
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index="btree_not_null",
        help="Empty: offered in every company.",
    )
    kind_id = fields.Many2one(
        "order.hub.exception.kind",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        tracking=True,
    )
    root_cause = fields.Text(
        required=True, tracking=True, help="Why it happened, not who did it."
    )
    steps = fields.Text(
        required=True, tracking=True, help="What to do about it now, one a line."
    )
    prevention = fields.Text(
        required=True, tracking=True, help="What keeps it from happening again."
    )
    product_ids = fields.Many2many(
        "product.product",
        "order_hub_disposition_product_rel",
        "disposition_id",
        "product_id",
        "Products",
        check_company=True,
        help="Empty: whatever the product.",
    )
    categ_id = fields.Many2one("product.category", "Product Category")
    supplier_id = fields.Many2one("res.partner", check_company=True)
    partner_id = fields.Many2one("res.partner", "Customer", check_company=True)
    stage_id = fields.Many2one("order.hub.stage", check_company=True)
    source_id = fields.Many2one(
        "order.hub.exception",
        "Learned From",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    exception_ids = fields.One2many(
        "order.hub.exception", "disposition_id", "Exceptions", readonly=True
    )
    vote_ids = fields.One2many(
        "order.hub.disposition.vote", "disposition_id", readonly=True
    )
    use_count = fields.Integer("Times Used", compute="_compute_use_count")
    useful_count = fields.Integer("Useful", compute="_compute_votes")
    not_useful_count = fields.Integer("Not Useful", compute="_compute_votes")
    my_vote = fields.Selection(
        [("useful", "Useful"), ("not_useful", "Not Useful")], compute="_compute_votes"
    )
    search_text = fields.Text(
        compute="_compute_search_text",
        store=True,
        help="What the card is found by, as engine.similar cuts it.",
    )

    #: Full text of tokens that were cut here: the parser of the database knows no
    #: Chinese, and depends on its locale.
    _words_idx = models.Index(
        "USING gin (array_to_tsvector(string_to_array(search_text, ' ')))"
    )
    _source_uniq = models.UniqueIndex(
        "(source_id) WHERE source_id IS NOT NULL",
        "This exception has made a card already.",
    )

    # === COMPUTE === #

    @api.depends("name", "root_cause", "steps", "prevention")
    def _compute_search_text(self):
        for card in self:
            card.search_text = " ".join(similar.all_tokens(*card._told()))

    def _told(self):
        """Return the texts that a card is found by."""
        return (
            self.name or "",
            self.root_cause or "",
            self.steps or "",
            self.prevention or "",
        )

    @api.depends("exception_ids.state")
    @api.depends_context("allowed_company_ids")
    def _compute_use_count(self):
        """Solved exceptions of the reader's companies, whoever's orders they were."""
        rows = (
            self.env["order.hub.exception"]
            .sudo()
            ._read_group(
                [
                    ("disposition_id", "in", self.ids),
                    ("state", "=", "solved"),
                    ("company_id", "in", self.env.companies.ids),
                ],
                ["disposition_id"],
                ["__count"],
            )
        )
        counts = {card.id: count for card, count in rows}
        for card in self:
            card.use_count = counts.get(card._origin.id, 0)

    @api.depends("vote_ids.is_useful")
    @api.depends_context("uid")
    def _compute_votes(self):
        votes = self.env["order.hub.disposition.vote"]._of(self)
        for card in self:
            useful, useless, mine = votes.get(card._origin.id, (0, 0, False))
            card.useful_count = useful
            card.not_useful_count = useless
            card.my_vote = mine

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        others = self.sudo().with_context(active_test=False)
        if not others.search_count([("id", "not in", cards.ids)], limit=1):
            self.env.registry.clear_cache()
        return cards

    @api.model
    @tools.ormcache()
    def _are_there_any(self):
        """Return whether there is a card: without one nothing is looked for."""
        return bool(self.sudo().with_context(active_test=False).search([], limit=1))

    # === ACTIONS === #

    def action_vote(self, is_useful):
        """Say whether the card helped; who says it again changes the answer.

        :param bool is_useful: whether it did
        :return: ``{"useful": int, "not_useful": int, "mine": "useful"|"not_useful"}``
        :raise AccessError: for a card that one may not read
        """
        self.ensure_one()
        self.check_access("read")
        self.env["order.hub.disposition.vote"]._put(self, bool(is_useful))
        return {
            "useful": self.useful_count,
            "not_useful": self.not_useful_count,
            "mine": self.my_vote,
        }

    def action_useful(self):
        """Say that the card helped."""
        self.action_vote(True)
        return True

    def action_not_useful(self):
        """Say that the card did not help."""
        self.action_vote(False)
        return True

    def action_exceptions(self):
        """Open what was solved with the card."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_exception_action"
        )
        return {
            **action,
            "domain": [("disposition_id", "=", self.id)],
            "context": {},
        }
