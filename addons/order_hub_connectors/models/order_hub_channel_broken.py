from odoo import fields, models
from odoo.exceptions import UserError

from ..adapters.base import AdapterError


class OrderHubChannel(models.Model):
    """A channel that was switched off by itself says so, until somebody acts."""

    _name = "order.hub.channel"
    _inherit = ["order.hub.channel", "mail.thread", "mail.activity.mixin"]

    responsible_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Is told when the channel stops or differs from what the hub has. "
        "Empty: all configurators.",
    )

    # === LOUD === #

    def _break(self, reason):
        """Switch off, and tell: a to-do, an e-mail, and a line in the history."""
        was_broken = self.intake_state == "broken"
        result = super()._break(reason)
        if not was_broken:
            self.sudo()._tell_broken(reason)
        return result

    def _tell_broken(self, reason):
        title = self.env._("%s is switched off", self.name)
        body = self.env._(
            "The platform has refused the credentials again and again: %(reason)s "
            "Nothing is fetched or sent; deliveries are kept. Renew the credentials on "
            "the channel and press Switch On Again.",
            reason=reason[:300],
        )
        self._message_log(body=f"{title}. {body}")
        # The e-mail is sent below, with what to do: not a second one for the to-do.
        quiet = self.with_context(mail_activity_quick_update=True)
        for user in self._responsible():
            quiet.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=title,
                note=body,
            )
        template = self.env.ref(
            "order_hub_connectors.mail_template_channel_broken", False
        )
        if template and self._responsible():
            template.send_mail(self.id)

    def _responsible(self):
        """Return who is told: the one named, else the configurators of the company."""
        self.ensure_one()
        if self.responsible_id.active:
            return self.responsible_id
        group = self.env.ref("order_hub.order_hub_group_configurator")
        robot = self.env.ref("base.user_root")
        return group.sudo().all_user_ids.filtered(
            lambda user: (
                user != robot and user.active and self.company_id in user.company_ids
            )
        )

    def _broken_mail_to(self):
        """Return the partner ids of the e-mail, as its template wants them."""
        return ",".join(map(str, self.sudo()._responsible().partner_id.ids))

    # === ON AGAIN === #

    def action_switch_on(self):
        """As before; a channel that is broken has to let us in first."""
        self.check_access("write")
        broken = self.filtered(lambda channel: channel.intake_state == "broken")
        for channel in broken:
            channel._try_credentials()
        result = super().action_switch_on()
        broken._calm()
        return result

    def _try_credentials(self):
        try:
            self._adapter().test()
        except NotImplementedError:
            # Nothing to try: the platform only delivers.
            return
        except AdapterError as error:
            raise UserError(
                self.env._(
                    "%(channel)s stays off, it does not let us in: %(why)s Renew the "
                    "credentials below and try again.",
                    channel=self.name,
                    why=error,
                )
            ) from error

    def _calm(self):
        """Close the to-dos about the broken channel."""
        for channel in self:
            channel.sudo().activity_feedback(
                ["mail.mail_activity_data_warning"],
                feedback=self.env._("Switched on again by %s.", self.env.user.name),
            )
