import logging
from collections.abc import Mapping
from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from ..engine import risk_model

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What the radar knew of an order at one moment.

    :ivar shares: ``{factor: 0 to 1, or None}``
    :ivar hours_left: until the promise of that moment; ``None``: nothing promised
    :ivar stage_times: time in the stage / its mean; ``None``: there is no mean
    """

    shares: Mapping[str, float | None]
    score: float
    hours_left: float | None
    slack_hours: float | None
    stage_times: float | None

    def features(self, ahead):
        """Return what a model looks at.

        Nights nearer to the promise than ``ahead`` hours are not learned from: the
        time left of those counts as so much, and what else is known speaks.
        """
        return risk_model.features(
            self.shares,
            self.score,
            max(self.hours_left, ahead),
            self.slack_hours or 0.0,
            self.stage_times,
        )


class OrderHubRiskModel(models.Model):
    """Saying the chance of many orders at once: plain Python, no query an order."""

    _inherit = "order.hub.risk.model"

    # === MANY ORDERS === #

    @api.model
    def _chances(self, company, seen):
        """Return for each order its chance to be late, or None.

        An order whose promise is over has no chance: it is late, and one without a
        promise cannot be. Where no model is on this costs one cached look-up.

        :param company: of all orders
        :param seen: list of :class:`Known`, one an order
        :return: list of ``None`` or ``(chance from 0 to 1, whether it calls)``
        """
        reader = self._reader_of(company)
        if not reader or not seen:
            return [None] * len(seen)
        ahead = self._hours_ahead(company)
        return [self._chance(reader, each, ahead) for each in seen]

    @staticmethod
    def _chance(reader, known, ahead):
        if known.hours_left is None or known.hours_left <= 0:
            return None
        chance = reader.chance(known.features(ahead))
        return chance, chance >= reader.cut

    @api.model
    def _reader_of(self, company):
        """Return the model of a company that is on, to predict with; None: none."""
        model_id = self._current_id(company.id)
        return self._reader(model_id) if model_id else None

    # === READING === #

    @api.model
    @ormcache("company_id")
    def _current_id(self, company_id):
        """Return the id of the model of a company that is on, or False.

        A model that is damaged is switched off here, with the reason in words.
        """
        domain = [("company_id", "=", company_id), ("is_on", "=", True)]
        model = self.sudo().search(domain)
        if model and not self._reader(model.id):
            model._give_up()
            return False
        return model.id

    @api.model
    @ormcache("model_id")
    def _reader(self, model_id):
        """Return a stored model as plain Python, or None if it cannot be used."""
        try:
            return risk_model.read(self.sudo().browse(model_id).parameters)
        except risk_model.ModelError as error:
            _logger.warning(
                "The stored probability %s cannot be used: %s", model_id, error
            )
            return None

    def _give_up(self):
        """Switch a model off that cannot be read, and keep why."""
        error = self._damage()
        self._retire(error.code, {"detail": str(error)})

    def _damage(self):
        """Return why a model cannot be read (``ModelError``); ``None``: it can."""
        try:
            risk_model.read(self.parameters)
        except risk_model.ModelError as error:
            return error
        return None

    def _read_checked(self):
        """Raise for a model that cannot be read.

        :raise UserError: with what to do
        """
        error = self._damage()
        if error:
            raise UserError(
                self.env._(
                    "What was learned on %(day)s cannot be read any more: %(detail)s "
                    "Press Train Now to learn it again.",
                    day=self.display_name,
                    detail=error,
                )
            )
