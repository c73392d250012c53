import base64
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

#: What the secret part of a card's address looks like.
TOKEN = re.compile(r"[\w-]{32}", re.ASCII)
#: Days a new card is valid.
DAYS = 365
#: Groups a user needs all of, to order with a card.
GROUPS = ("order_hub.order_hub_group_user", "sales_team.group_sale_salesman")
CONFIGURATOR = "order_hub.order_hub_group_configurator"


class OrderHubCard(models.Model):
    """A salesperson's own address for entering orders on the phone.

    The address is a shortcut, not a key: it opens for the salesperson who is logged
    in and for nobody else, and what it shows is what that person's rights show.
    """

    _name = "order.hub.card"
    _description = "Order Card"
    _order = "user_id, id"
    _rec_name = "user_id"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
    token = fields.Char(
        required=True,
        copy=False,
        readonly=True,
        groups=CONFIGURATOR,
        default=lambda self: self._new_token(),
    )
    valid_until = fields.Date(
        copy=False,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=DAYS),
        help="The last day on which the card opens the form. Empty: for ever.",
    )
    used_at = fields.Datetime("Last Order", copy=False, readonly=True)
    order_count = fields.Integer("Orders", compute="_compute_order_count")
    url = fields.Char("Address", compute="_compute_url")
    qr_image = fields.Binary("QR Code", compute="_compute_qr_image")

    _token_uniq = models.UniqueIndex("(token)", "Make a new address for this card.")
    _user_company_uniq = models.UniqueIndex(
        "(user_id, company_id)",
        "This salesperson has a card in this company already, maybe an archived one.",
    )

    # === COMPUTE === #

    @api.model
    def _new_token(self):
        return secrets.token_urlsafe(24)

    @api.depends("token")
    def _compute_url(self):
        for card in self:
            base, token = card.get_base_url(), card.sudo().token
            card.url = f"{base}/hub/card/{token}" if token else False

    @api.depends("url")
    def _compute_qr_image(self):
        Report = self.env["ir.actions.report"]
        for card in self:
            code = card.url and Report.barcode(
                "QR", card.url, width=400, height=400, quiet=0
            )
            card.qr_image = base64.b64encode(code) if code else False

    def _compute_order_count(self):
        counts = dict(
            self.env["order.hub.inbound"]
            .sudo()
            ._read_group([("card_id", "in", self.ids)], ["card_id"], ["__count"])
        )
        for card in self:
            card.order_count = counts.get(card, 0)

    # === CONSTRAINTS === #

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for card in self:
            if not card._is_for_salesperson():
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot have an order card in %(company)s: a card "
                        "is for employees of that company who sell and use the hub. "
                        "Give the user these rights first.",
                        user=card.user_id.name,
                        company=card.company_id.name,
                    )
                )

    def _is_for_salesperson(self):
        """Tell whether its user may order with it: an employee here, who sells."""
        user = self.user_id.sudo()
        return (
            user.active
            and user._is_internal()
            and self.company_id in user.company_ids
            and all(user.has_group(group) for group in GROUPS)
        )

    # === USE === #

    @api.model
    def _of_address(self, token):
        """Return the card that an address opens for the user of the environment.

        :param str token: last part of the address, whatever it is
        :return: the card in its company and with its user's rights; none for
            anybody's else, one that is archived, has run out or has a new address,
            and for who does not sell any more
        """
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            return self.browse()
        card = self.sudo().search([("token", "=", token)])
        if not card or card.user_id != self.env.user:
            return self.browse()
        if not card._is_valid() or not card._is_for_salesperson():
            return self.browse()
        own = self.with_company(card.company_id)
        own = own.with_context(allowed_company_ids=card.company_id.ids)
        return own.browse(card.id)

    def _is_valid(self):
        """Tell whether its last day is still to come, where the company is."""
        return not self.valid_until or self._today() <= self.valid_until

    def _today(self):
        """Return the day where the company is."""
        return self.company_id._hub_day_of(fields.Datetime.now())

    def _tell_in_chat(self, text, inbound):
        """Tell the salesperson in the chat last used with the hub, if there is one."""
        domain = [
            ("user_id", "=", self.user_id.id),
            ("company_id", "=", self.company_id.id),
            ("group", "in", (False, "")),
        ]
        chat = self.env["order.hub.chat"].sudo().search(domain, limit=1)
        if chat:
            chat.channel_id._chat_say(chat, text, inbound)

    # === PEOPLE === #

    @api.model
    def _own_card(self, user):
        """Return the card of a user in the present company, made if there is none.

        :raise ValidationError: the user does not sell
        """
        own = [("user_id", "=", user.id), ("company_id", "=", self.env.company.id)]
        cards = self.sudo().with_context(active_test=False)
        return cards.search(own) or cards.create({"user_id": user.id})

    def action_new_address(self):
        """Make a new address: the old code and link open nothing any more."""
        self._check_may_change()
        for card in self.sudo():
            card.token = self._new_token()
        return True

    def _check_may_change(self):
        """A card is changed by its salesperson and by configurators.

        :raise AccessError: for everybody else
        """
        self.check_access("read")
        is_own = all(card.user_id == self.env.user for card in self)
        if not is_own and not self.env.user.has_group(CONFIGURATOR):
            raise AccessError(
                self.env._(
                    "This is somebody else's order card. Ask whoever configures "
                    "the hub."
                )
            )

    def action_open_form(self):
        """Open the phone form; it opens for the card's own salesperson only."""
        self.ensure_one()
        self._check_may_change()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def action_view_inbound(self):
        """Show what was sent with these cards."""
        self._check_may_change()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_inbound_action"
        )
        return {**action, "domain": [("card_id", "in", self.ids)], "context": {}}
