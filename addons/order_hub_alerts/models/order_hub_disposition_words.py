from odoo import api, models

from ..engine import similar


class OrderHubDisposition(models.Model):
    """Why a card is offered, in words."""

    _inherit = "order.hub.disposition"

    @api.model
    def _offers(self, problem, matches):
        """Return what a screen shows of cards that fit.

        :param problem: ``engine.similar.Problem``
        :param matches: of ``engine.similar.rank``
        :return: list of dicts: id, name, kind, root_cause, steps, prevention (texts),
            score (0 to 100), band, likeness (in words), reasons (sentences), uses,
            useful, not_useful (counts), mine (``useful``, ``not_useful`` or False)
        """
        by_id = {card.id: card for card in self.browse(m.id for m in matches)}
        return [by_id[match.id]._offer(problem, match) for match in matches]

    def _offer(self, problem, match):
        card = self.sudo()
        return {
            "id": card.id,
            "name": card.name,
            "kind": card.kind_id.display_name,
            "root_cause": card.root_cause,
            "steps": card.steps,
            "prevention": card.prevention,
            "score": match.score,
            "band": match.band,
            "likeness": self._likeness(match.band),
            "reasons": self._reasons(problem, match),
            "uses": self.use_count,
            "useful": self.useful_count,
            "not_useful": self.not_useful_count,
            "mine": self.my_vote,
        }

    def _likeness(self, band):
        words = {
            "very": self.env._("Very similar"),
            "similar": self.env._("Similar"),
            "somewhat": self.env._("Somewhat similar"),
        }
        return words[band]

    def _reasons(self, problem, match):
        """Return the sentences that say what problem and card have in common."""
        words = self._reason_words(problem, match)
        return [words[reason] for reason in match.reasons]

    def _reason_words(self, problem, match):
        card = self.sudo()
        same = card.product_ids.filtered(lambda p: p.id in problem.products)
        return {
            similar.TEXT: self.env._(
                "says the same: %s", ", ".join(f"“{word}”" for word in match.words)
            ),
            similar.KIND: self.env._("same kind: %s", card.kind_id.name),
            similar.PRODUCT: self.env._("same product: %s", same[:1].display_name),
            similar.CATEGORY: self.env._(
                "same product category: %s", card.categ_id.name
            ),
            similar.SUPPLIER: self.env._(
                "same supplier: %s", card.supplier_id.display_name
            ),
            similar.STAGE: self.env._("same stage: %s", card.stage_id.name),
            similar.CUSTOMER: self.env._(
                "same customer: %s", card.partner_id.display_name
            ),
        }
