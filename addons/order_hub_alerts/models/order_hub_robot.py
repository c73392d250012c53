from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.order_hub.engine import vault
from odoo.addons.order_hub.engine.web.errors import Refused

from ..engine import robots

PLATFORMS = [
    ("dingtalk", "DingTalk"),
    ("wecom", "WeCom"),
    ("feishu", "Feishu or Lark"),
    ("webhook", "Webhook"),
]


class OrderHubRobot(models.Model):
    """A robot in a group chat, or a server that takes warnings.

    Its address lets whoever has it write into the group: address and secret are
    written and never read again. The form, an export, RPC, the chatter and the log
    see only whether there is one, and the host.
    """

    _name = "order.hub.robot"
    _description = "Messenger Robot"
    _inherit = ["mail.thread", "mail.activity.mixin", "order.hub.vault"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: warnings of every company may be told to its group.",
    )
    platform = fields.Selection(
        PLATFORMS, required=True, default="dingtalk", tracking=True
    )
    is_active = fields.Boolean(
        "In Use",
        default=True,
        tracking=True,
        help="A robot that is not in use says nothing; its messages take the other "
        "way, or are given up.",
    )
    lang = fields.Selection(
        "_selection_lang",
        "Language",
        default=lambda self: self.env.lang,
        help="What its group reads.",
    )
    keyword = fields.Char(
        help="DingTalk and Feishu can demand a word in every message; it is added "
        "where it is missing.",
    )
    is_calling = fields.Boolean(
        "Calls People",
        default=True,
        help="Whoever has the order is called by name (@) if the messenger can.",
    )
    per_minute = fields.Integer(
        "At Most a Minute",
        help="Fewer messages than the platform allows, for a robot that something "
        "else talks through as well. 0: as many as the platform allows.",
    )

    # === ADDRESS AND SECRET === #

    new_address = fields.Char(
        "Address",
        compute="_compute_new",
        inverse="_inverse_new",
        help="As the messenger shows it. Typed once, kept encrypted, never shown "
        "again.",
    )
    new_secret = fields.Char(
        "Secret",
        compute="_compute_new",
        inverse="_inverse_new",
        help="Of the security setting “sign”. Typed once, kept encrypted, never "
        "shown again.",
    )
    address_sealed = fields.Char(groups=fields.NO_ACCESS, copy=False)
    secret_sealed = fields.Char(groups=fields.NO_ACCESS, copy=False)
    host = fields.Char("Talks To", readonly=True, copy=False)
    is_address_set = fields.Boolean("Address Is Set", compute="_compute_is_set")
    is_secret_set = fields.Boolean("Secret Is Set", compute="_compute_is_set")

    # === THE OTHER WAY === #

    fallback_id = fields.Many2one(
        "order.hub.robot",
        "Instead",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
        help="Takes the messages that this robot cannot deliver.",
    )
    fallback_user_ids = fields.Many2many(
        "res.users",
        "order_hub_robot_fallback_user_rel",
        "robot_id",
        "user_id",
        string="Else by E-Mail To",
        domain=[("share", "=", False)],
        help="Get by e-mail what neither this robot nor the one instead delivers.",
    )

    _per_minute_check = models.Constraint(
        "CHECK (per_minute >= 0)", "At most a minute is a number from 0 on."
    )

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    @api.model_create_multi
    def create(self, vals_list):
        robots_ = super().create(vals_list)
        pace = self.env["order.hub.robot.pace"].sudo()
        pace.create([{"robot_id": robot.id} for robot in robots_])
        return robots_

    def write(self, vals):
        """As the ORM does; another platform gets no secret of the one before."""
        changed = self.filtered(
            lambda r: vals.get("platform", r.platform) != r.platform
        )
        changed._forget()
        return super().write(vals)

    # === SECRETS === #

    def _compute_new(self):
        self.new_address = self.new_secret = False

    def _inverse_new(self):
        """Seal what was typed; an empty field leaves what is there."""
        for robot in self:
            robot.check_access("write")
            address = (robot.new_address or "").strip()
            secret = (robot.new_secret or "").strip()
            if address or secret:
                robot._seal(address, secret)
        self.invalidate_recordset(["new_address", "new_secret"], flush=False)

    def _seal(self, address, secret):
        """Keep an address, a secret or both.

        A secret goes to no other host than the one that it was entered for.
        """
        vals, key = {}, self._vault_key()
        if address:
            self._check_address(address, secret)
            host = urlsplit(address).hostname
            vals = {"address_sealed": vault.seal(address, key), "host": host}
            if host != self.host:
                vals["secret_sealed"] = False
        if secret:
            vals["secret_sealed"] = vault.seal(secret, key)
        self.sudo().write(vals)
        self._mended()

    def _check_address(self, address, secret):
        try:
            self._make(address, secret).check()
        except Refused as error:
            raise ValidationError(
                self.env._(
                    "The address of “%(robot)s” was not taken: it is not the public "
                    "https address of a robot of %(platform)s. Copy it again from "
                    "the settings of the robot in its group.",
                    robot=self.name,
                    platform=self._platform_label(),
                )
            ) from error

    @api.depends("address_sealed", "secret_sealed")
    def _compute_is_set(self):
        for robot in self:
            kept = robot.sudo()
            robot.is_address_set = bool(kept.address_sealed)
            robot.is_secret_set = bool(kept.secret_sealed)

    def action_forget(self):
        """Forget address and secret."""
        self.check_access("write")
        self._forget()
        return True

    def _forget(self):
        if self:
            nothing = {"address_sealed": False, "secret_sealed": False, "host": False}
            self.sudo().write(nothing)

    def _may_tell(self, company):
        """Return whether its group may hear of a company."""
        self.ensure_one()
        return not self.company_id or self.company_id == company

    # === ENGINE === #

    def _platform_label(self):
        return dict(self._fields["platform"]._description_selection(self.env))[
            self.platform
        ]

    def _engine(self):
        """Return what speaks with the platform (``engine.robots.Robot``).

        :raise UserError: there is no address, or it was sealed with another key
        """
        self.ensure_one()
        row = self.sudo()
        if not row.address_sealed:
            raise UserError(
                self.env._(
                    "“%s” has no address yet. Enter the one that the messenger shows.",
                    self.name,
                )
            )
        return self._make(row._unseal("address_sealed"), row._unseal("secret_sealed"))

    def _unseal(self, name):
        if not self[name]:
            return ""
        try:
            return vault.unseal(self[name], self._vault_key())
        except vault.Locked as error:
            raise UserError(
                self.env._(
                    "Address and secret of “%s” were kept with another key of this "
                    "server. Enter them again.",
                    self.name,
                )
            ) from error

    def _make(self, address, secret):
        settings = {"secret": secret, "keyword": self.keyword or ""}
        settings["words"] = self._words()
        return robots.make(self.platform, address, client=self._client(), **settings)

    def _client(self):
        """Return the way out to the web; ``None``: the guarded one of the engine."""
        return None

    def _words(self):
        there = self.with_context(lang=self.lang or self.env.lang)
        return robots.Words(
            more=there.env._("… and %(count)s more lines"),
            part="(%(part)s/%(parts)s)",
        )
