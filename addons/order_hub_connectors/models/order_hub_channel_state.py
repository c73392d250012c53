from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..adapters.base import AuthenticationFailed
from ..const import AUTHENTICATION_TRIES, INTAKE_STATES


class OrderHubChannel(models.Model):
    """Whether a channel is on, and what takes it off."""

    _inherit = "order.hub.channel"

    intake_state = fields.Selection(
        INTAKE_STATES,
        "Intake",
        default="off",
        required=True,
        readonly=True,
        copy=False,
    )
    intake_reason = fields.Char("Why", readonly=True, copy=False)
    intake_since = fields.Datetime("Since", readonly=True, copy=False)
    failed_logins = fields.Integer(readonly=True, copy=False)
    refused_signatures = fields.Integer(
        "Wrong Signatures",
        readonly=True,
        copy=False,
        help="Deliveries refused because their signature was wrong. Nothing of them is "
        "kept.",
    )
    refused_large = fields.Integer("Too Large", readonly=True, copy=False)
    last_error = fields.Char(readonly=True, copy=False)
    last_error_at = fields.Datetime(readonly=True, copy=False)
    last_worked_at = fields.Datetime(readonly=True, copy=False)

    def action_switch_on(self):
        """Let orders of this channel in; what waits is worked on."""
        self.check_access("write")
        for channel in self:
            if not channel.adapter:
                raise UserError(
                    self.env._("Choose the platform of channel %s first.", channel.name)
                )
            channel._check_settings()
        self._set_intake("on")
        self._issue_tickets()
        return True

    def _check_settings(self):
        missing = self.parameter_ids.filtered(lambda r: r.is_required and not r.is_set)
        if missing:
            raise UserError(
                self.env._(
                    "Channel %(channel)s still needs: %(settings)s.",
                    channel=self.name,
                    settings=", ".join(missing.mapped("label")),
                )
            )

    def action_pause(self):
        """Keep receiving and storing, work on nothing."""
        self.check_access("write")
        self._set_intake("paused")
        return True

    def action_switch_off(self):
        """Receive nothing: deliveries are refused, nothing is fetched."""
        self.check_access("write")
        self._set_intake("off")
        return True

    def _set_intake(self, state, reason=False):
        self.sudo().write(
            {
                "intake_state": state,
                "intake_reason": reason,
                "intake_since": fields.Datetime.now(),
                "failed_logins": 0,
            }
        )

    def _stores(self):
        """Tell whether deliveries are taken: also while paused or broken."""
        return self.intake_state != "off"

    # === WHAT THE PLATFORM SAYS === #

    def _worked(self):
        """Note that the platform let us in."""
        self.sudo().write(
            {
                "failed_logins": 0,
                "last_error": False,
                "last_worked_at": fields.Datetime.now(),
            }
        )

    def _failed(self, error):
        """Note what the platform said; refused credentials switch the channel off.

        :param error: ``adapters.base.AdapterError``
        """
        self.ensure_one()
        channel = self.sudo()
        values = {
            "last_error": str(error)[:500],
            "last_error_at": fields.Datetime.now(),
        }
        if isinstance(error, AuthenticationFailed):
            values["failed_logins"] = channel.failed_logins + 1
        channel.write(values)
        if channel.failed_logins >= AUTHENTICATION_TRIES:
            channel._break(str(error))

    def _break(self, reason):
        """Switch off by itself, loudly."""
        self._set_intake("broken", reason[:500])

    def _count_refused(self, reason):
        """Count a delivery that was refused; nothing else of it is kept.

        :param reason: ``signature`` or ``too_large``
        """
        column = "refused_signatures" if reason == "signature" else "refused_large"
        # Not through the ORM: counting must not collide with a worker's write.
        self.env.cr.execute(
            SQL(
                "UPDATE order_hub_channel SET %(column)s = COALESCE(%(column)s, 0) + 1 "
                "WHERE id = %(id)s",
                column=SQL.identifier(column),
                id=self.id,
            )
        )
        self.invalidate_recordset([column], flush=False)
