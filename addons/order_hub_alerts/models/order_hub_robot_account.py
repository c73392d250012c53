from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..engine.robots import Mention
from ..engine.robots.letter import mobile_of
from .order_hub_robot import PLATFORMS


class OrderHubRobotAccount(models.Model):
    """How a messenger calls a person: by mobile number or by its own id.

    People enter their own; configurators enter those of everybody.
    """

    _name = "order.hub.robot.account"
    _description = "Messenger Account"
    _order = "user_id, platform"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    platform = fields.Selection(PLATFORMS, "Messenger", required=True)
    mobile = fields.Char(
        help="As registered with the messenger, e.g. 13800138000 or +49 170 1234567. "
        "Empty: the phone number of the person.",
    )
    user_ref = fields.Char(
        "Id in the Messenger",
        help="Feishu calls people by this id only (open_id or user_id).",
    )

    _user_uniq = models.UniqueIndex(
        "(user_id, platform)", "This person has an account of this messenger already."
    )

    def write(self, vals):
        """As the ORM does; nobody hands an account to somebody else."""
        given_away = "user_id" in vals and any(
            account.user_id.id != vals["user_id"] for account in self
        )
        group = "order_hub.order_hub_group_configurator"
        if given_away and not self.env.su and not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "An account stays with its person. Delete it and have the other "
                    "person enter an own one."
                )
            )
        return super().write(vals)

    @api.constrains("mobile")
    def _check_mobile(self):
        for account in self:
            if account.mobile and not mobile_of(account.mobile):
                raise ValidationError(
                    self.env._(
                        "“%s” is no mobile number. Enter digits, with + and the "
                        "country code for numbers outside mainland China.",
                        account.mobile,
                    )
                )

    @api.model
    def _mentions(self, users, platform):
        """Return how a messenger calls people (``engine.robots.Mention``).

        :param users: ``res.users``, in the order of calling
        """
        known = {
            account.user_id.id: account
            for account in self.sudo().search(
                [("user_id", "in", users.ids), ("platform", "=", platform)]
            )
        }
        return tuple(self._mention(user, known.get(user.id)) for user in users.sudo())

    def _mention(self, user, account):
        mobile = account and account.mobile or user.phone or ""
        ref = account and account.user_ref or ""
        return Mention(mobile=mobile, user_ref=ref, name=user.name)
