from dataclasses import dataclass, field
from functools import partial

from odoo import api, models
from odoo.tools import SQL

from ..adapters.registry import ADAPTERS
from .order_hub_channel_adapter import Values


@dataclass(frozen=True)
class Recipient:
    """What has to be known of a channel to take a delivery in.

    :ivar adapter: code of the platform
    :ivar base_url: empty: the platform's own
    :ivar settings: ``Values``; never give them to a user
    """

    channel_id: int
    adapter: str
    base_url: str
    intake_state: str
    settings: Values = field(repr=False)


class OrderHubChannel(models.Model):
    """Whom a delivery is for: one statement, whatever the channel has.

    Not from the ORM, which would read all that a channel has to say, and not from a
    cache: an address, a secret or a switch that was changed holds from its commit.
    """

    _inherit = "order.hub.channel"

    @api.model
    def _recipient(self, token):
        """Return the :class:`Recipient` of an address, ``None`` if nobody has it."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, adapter, base_url, intake_state, (
                          SELECT json_agg(json_build_array(name, id, plain, sealed))
                            FROM order_hub_channel_parameter
                           WHERE channel_id = channel.id)
                     FROM order_hub_channel AS channel
                    WHERE receive_token = %s AND active""",
                token,
            )
        )
        adapter = ADAPTERS.get(rows[0][1]) if rows else None
        if not adapter or not adapter.can_receive:
            return None
        *facts, settings = rows[0]
        return Recipient(*facts, self._settings(settings or []))

    def _settings(self, rows):
        """Return ``Values`` of ``[name, id, plain, sealed]``; secrets stay sealed."""
        Parameter = self.env["order.hub.channel.parameter"]
        return Values(
            {
                name: partial(Parameter.browse(id_)._opened, plain, sealed)
                for name, id_, plain, sealed in rows
            }
        )

    @api.model
    def _adapter_for(self, recipient):
        """Return the adapter that reads the deliveries of a :class:`Recipient`."""
        access = self._access_to(
            recipient.adapter, recipient.base_url, recipient.settings
        )
        return ADAPTERS[recipient.adapter](access)
