import secrets
from collections.abc import Mapping
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.engine.web.safe_url import check_form

from ..adapters.base import Access, AdapterError
from ..adapters.registry import ADAPTERS

#: System parameter that lets a base address point into the own network: for local
#: stand-ins in tests and development. No screen shows it.
ALLOW_PRIVATE = "order_hub_connectors.allow_private_addresses"


class Values(Mapping):
    """Settings and secrets by name; a secret is opened when it is asked for.

    :param texts: ``{name: function that returns the text}``
    """

    def __init__(self, texts):
        self._texts = dict(texts)

    def __getitem__(self, name):
        return self._texts[name]()

    def __iter__(self):
        return iter(self._texts)

    def __len__(self):
        return len(self._texts)

    def __repr__(self):
        return f"<settings {', '.join(self._texts)}>"


class OrderHubChannel(models.Model):
    """A channel's platform: its adapter, its settings, its address."""

    _inherit = "order.hub.channel"

    adapter = fields.Selection(
        selection="_adapter_selection",
        help="The platform that orders of this channel come from. Empty: they come "
        "through the hub's API, or by hand.",
    )
    base_url = fields.Char(
        "Address",
        help="Empty: the platform's own. Shops with an address of their own, for "
        "example WooCommerce, need it here: https://shop.example.com. With another "
        "host the secrets are forgotten: enter them again.",
    )
    parameter_ids = fields.One2many(
        "order.hub.channel.parameter", "channel_id", "Settings", copy=False
    )
    receive_token = fields.Char(
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="order_hub.order_hub_group_configurator",
    )
    receive_url = fields.Char(
        "Address for Deliveries",
        compute="_compute_receive_url",
        groups="order_hub.order_hub_group_configurator",
        help="Give this address to the platform as its webhook.",
    )
    can_receive = fields.Boolean(compute="_compute_abilities")
    can_pull = fields.Boolean(compute="_compute_abilities")
    can_send_status = fields.Boolean(compute="_compute_abilities")
    can_send_stock = fields.Boolean(compute="_compute_abilities")
    can_list = fields.Boolean(compute="_compute_abilities")
    user_id = fields.Many2one(
        "res.users",
        "Works As",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Orders are made with the rights of this user. Empty: with those of the "
        "system.",
    )
    auto_confirm = fields.Boolean(
        "Confirm Orders",
        help="Confirm an order at once when nothing about it is in doubt.",
    )

    @api.model
    def _adapter_selection(self):
        """Return ``[(code, name)]``; a name that is a word in the reader's language."""
        words = self._adapter_words()
        return sorted(
            (code, words.get(code, cls.label)) for code, cls in ADAPTERS.items()
        )

    @api.model
    def _adapter_words(self):
        return {
            "email": self.env._("E-mail"),
            "portal": self.env._("Customer Portal"),
            "table": self.env._("Files (CSV, Excel, JSON)"),
            "taobao": self.env._("Taobao / Tmall"),
            "webhook": self.env._("Signed Webhook"),
        }

    @api.depends("adapter")
    def _compute_abilities(self):
        for channel in self:
            adapter = ADAPTERS.get(channel.adapter)
            for name in self._abilities():
                channel[name] = bool(adapter and getattr(adapter, name))

    def _abilities(self):
        return (
            "can_receive",
            "can_pull",
            "can_send_status",
            "can_send_stock",
            "can_list",
        )

    @api.depends("receive_token", "can_receive")
    def _compute_receive_url(self):
        for channel in self:
            token = channel.sudo().receive_token
            base = channel.get_base_url()
            channel.receive_url = (
                f"{base}/hub/in/{token}" if token and channel.can_receive else False
            )

    @api.constrains("base_url")
    def _check_base_url(self):
        for channel in self.filtered("base_url"):
            try:
                check_form(channel.base_url)
            except AdapterError as error:
                raise ValidationError(
                    self.env._(
                        "The address of channel %(channel)s cannot be used: %(why)s",
                        channel=channel.name,
                        why=error,
                    )
                ) from error

    @api.model
    def _allow_private(self):
        params = self.env["ir.config_parameter"].sudo()
        return params.get_param(ALLOW_PRIVATE) == "True"

    # === SETTINGS === #

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels.filtered("adapter")._prepare_adapter()
        return channels

    def write(self, vals):
        """Secrets belong to one platform at one address and go nowhere else.

        Those entered together with a new address are kept.
        """
        if "base_url" in vals:
            self._forget_secrets_elsewhere(vals["base_url"])
        moved = self.filtered(lambda c: c.adapter != vals.get("adapter", c.adapter))
        result = super().write(vals)
        moved.sudo().parameter_ids.unlink()
        if "adapter" in vals:
            self._prepare_adapter()
        return result

    def _forget_secrets_elsewhere(self, base_url):
        """Forget the secrets of channels that are about to call another host."""
        self.check_access("write")
        for channel in self:
            if channel._place(base_url) != channel._place(channel.base_url):
                rows = channel.sudo().parameter_ids.filtered("is_secret")
                rows.write({"plain": False, "sealed": False})

    def _place(self, base_url):
        """Return scheme, host and port that an address stands for."""
        adapter = ADAPTERS.get(self.adapter)
        url = (base_url or (adapter.base_url if adapter else "")).strip().lower()
        return url.partition("://")[0], url.partition("://")[2].partition("/")[0]

    @api.onchange("base_url")
    def _onchange_base_url(self):
        """Say before it is saved that the secrets have to be entered again."""
        saved = self._origin
        rows = saved.parameter_ids.filtered(lambda r: r.is_secret and r.is_set)
        if not rows or self._place(self.base_url) == saved._place(saved.base_url):
            return {}
        return {
            "warning": {
                "title": self.env._("Enter the secrets again"),
                "message": self.env._(
                    "Secrets go to no other host than the one they were entered for. "
                    "Saving this address forgets: %s.",
                    ", ".join(rows.mapped("label")),
                ),
            }
        }

    def _prepare_adapter(self):
        """Have one row a setting of the adapter, and a token for deliveries."""
        for channel in self.sudo():
            adapter = ADAPTERS.get(channel.adapter)
            wanted = {row.name: row for row in adapter.parameters} if adapter else {}
            rows = channel.parameter_ids
            rows.filtered(lambda row, wanted=wanted: row.name not in wanted).unlink()
            known = set(channel.parameter_ids.mapped("name"))
            self.env["order.hub.channel.parameter"].sudo().create(
                [
                    {
                        "channel_id": channel.id,
                        "name": name,
                        "plain": False if row.secret else row.default,
                    }
                    for name, row in wanted.items()
                    if name not in known
                ]
            )
            if adapter and not channel.receive_token:
                channel.receive_token = secrets.token_urlsafe(24)

    def _set_values(self, values):
        """Fill settings and secrets in.

        :param dict values: ``{name of the setting: value}``; others stay
        """
        for row in self.parameter_ids:
            if row.name in values:
                row.value = values[row.name]

    def action_new_token(self):
        """Make a new address for deliveries; the old one stops working."""
        self.check_access("write")
        for channel in self:
            channel.sudo().receive_token = secrets.token_urlsafe(24)
        return True

    # === ADAPTER === #

    def _adapter(self):
        """Return the adapter, ready to call the platform.

        :raise UserError: the channel has none
        """
        self.ensure_one()
        if self.adapter not in ADAPTERS:
            raise UserError(
                self.env._("Channel %s has no platform. Choose one.", self.name)
            )
        return ADAPTERS[self.adapter](self._access())

    def _reader(self):
        """Return the adapter that reads payloads, ``None`` without a platform."""
        self.ensure_one()
        return self._adapter() if self.adapter in ADAPTERS else None

    def _access(self):
        """Return address, settings and secrets; never give this to a user."""
        texts = {row.name: row._text for row in self.sudo().parameter_ids}
        return self._access_to(self.adapter, self.base_url, Values(texts))

    @api.model
    def _access_to(self, adapter, base_url, values):
        """Return what an adapter may use; never give this to a user.

        :param adapter: code of the platform
        :param base_url: empty: the platform's own
        :param values: :class:`Values`
        """
        base_url = (base_url or ADAPTERS[adapter].base_url).rstrip("/")
        client = Client(allow_private=self._allow_private())
        return Access(base_url, values, self._now, client)

    @staticmethod
    def _now():
        return datetime.now(timezone.utc)

    def action_test_connection(self):
        """Try the credentials and say what the platform answers."""
        self.ensure_one()
        self.check_access("write")
        try:
            answer = self._adapter().test()
        except AdapterError as error:
            raise UserError(
                self.env._(
                    "%(channel)s does not let us in: %(why)s Check the settings below.",
                    channel=self.name,
                    why=error,
                )
            ) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "title": self.name, "message": answer},
        }
