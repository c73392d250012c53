from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.chat_names import name_key

#: Customers that must call a product the same before all others may mean it so.
CUSTOMERS = 2


class OrderHubProductAlias(models.Model):
    """What a customer calls a product: learned when a person corrects a message.

    A name that several customers use for the same product is known for all of them;
    one that somebody contradicts is forgotten.
    """

    _name = "order.hub.product.alias"
    _description = "Customer's Own Name of a Product"
    _order = "partner_id, name, id"
    _check_company_auto = True

    name = fields.Char("Called", required=True, help="In the customer's own words.")
    key = fields.Char(compute="_compute_key", store=True, precompute=True, index=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        help="Empty: everybody calls it so.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
    )
    learned_by_id = fields.Many2one(
        "res.users", "Learned From", readonly=True, ondelete="set null"
    )
    times = fields.Integer(
        "Confirmed", default=1, readonly=True, help="How often a person said so."
    )
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex(
        "(company_id, COALESCE(partner_id, 0), key)",
        "The customer calls a product so already. Change that one.",
    )

    @api.depends("name")
    def _compute_key(self):
        for alias in self:
            alias.key = name_key(alias.name or "")

    @api.constrains("name")
    def _check_name(self):
        for alias in self:
            if len(alias.key or "") < 2:
                raise ValidationError(
                    self.env._(
                        "“%s” is too short for a name: at least two letters or "
                        "characters, not only a number.",
                        alias.name,
                    )
                )

    # === LEARNING === #

    @api.model
    def _learn(self, company, partner, rows):
        """Keep what a person said that a customer's words mean.

        :param partner: the customer (commercial partner)
        :param rows: ``[(words, product)]``
        """
        rows = [row for row in rows if len(name_key(row[0])) >= 2]
        if not rows or not partner:
            return
        keys = [name_key(words) for words, _product in rows]
        known = self.sudo().with_context(active_test=False)
        known = known.search([("company_id", "=", company.id), ("key", "in", keys)])
        for words, product in rows:
            key = name_key(words)
            same = known.filtered_domain([("key", "=", key)])
            self._learn_one(company, partner, words, product, same)

    def _learn_one(self, company, partner, words, product, known):
        own = known.filtered(lambda row: row.partner_id == partner)
        if own and own.product_id == product:
            own.write({"times": own.times + 1, "active": True})
        elif own:
            own.write(
                {
                    "product_id": product.id,
                    "times": 1,
                    "active": True,
                    "learned_by_id": self.env.uid,
                }
            )
        else:
            own = self._make(company, partner, words, product)
        self._learn_for_all(company, words, product, known | own)

    def _learn_for_all(self, company, words, product, known):
        """Keep a name that customers agree on; forget one that they do not."""
        shared = known.filtered(lambda row: not row.partner_id)
        if shared and shared.product_id != product:
            shared.unlink()
            return
        own = known.filtered(lambda row: row.partner_id and row.active)
        agree = len(own.product_id) == 1 and len(own.partner_id) >= CUSTOMERS
        if agree and not shared:
            self._make(company, self.env["res.partner"], words, product)

    def _make(self, company, partner, words, product):
        return self.sudo().create(
            {
                "name": words,
                "product_id": product.id,
                "partner_id": partner.id,
                "company_id": company.id,
                "learned_by_id": self.env.uid,
            }
        )

    # === READING === #

    @api.model
    def _names_of(self, company, partner_ids):
        """Return ``{customer id: {product id: [names]}}``; 0: everybody's names."""
        rows = self.sudo().search_fetch(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", [*partner_ids, False]),
            ],
            ["name", "product_id", "partner_id"],
        )
        found = {}
        for row in rows:
            names = found.setdefault(row.partner_id.id or 0, {})
            names.setdefault(row.product_id.id, []).append(row.name)
        return found
