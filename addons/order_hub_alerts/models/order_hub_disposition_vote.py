from odoo import api, fields, models
from odoo.tools import SQL


class OrderHubDispositionVote(models.Model):
    """What one person thinks of a card: one row each, which may be changed."""

    _name = "order.hub.disposition.vote"
    _description = "Vote on a Disposition Card"
    _rec_name = "user_id"

    disposition_id = fields.Many2one(
        "order.hub.disposition", required=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    is_useful = fields.Boolean()

    _person_uniq = models.UniqueIndex(
        "(disposition_id, user_id)", "Each person has one vote on a card."
    )

    @api.model
    def _put(self, card, is_useful):
        """Keep the vote of the current user; two at once leave one row.

        :param card: one ``order.hub.disposition`` that the user may read
        """
        self.env.execute_query(
            SQL(
                "INSERT INTO order_hub_disposition_vote (disposition_id, user_id, "
                "is_useful, create_uid, write_uid, create_date, write_date) "
                "VALUES (%(card)s, %(user)s, %(useful)s, %(user)s, %(user)s, "
                "now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC') "
                "ON CONFLICT (disposition_id, user_id) DO UPDATE "
                "SET is_useful = EXCLUDED.is_useful, write_date = EXCLUDED.write_date "
                "RETURNING id",
                card=card.id,
                user=self.env.uid,
                useful=is_useful,
            )
        )
        self.invalidate_model()
        card.invalidate_recordset(
            ["vote_ids", "useful_count", "not_useful_count", "my_vote"]
        )

    @api.model
    def _of(self, cards):
        """Return the votes on cards, those of people of other companies included.

        :return: ``{card id: (useful, not useful, the reader's own or False)}``
        """
        rows = self.sudo()._read_group(
            [("disposition_id", "in", cards.ids)],
            ["disposition_id", "is_useful"],
            ["__count", "user_id:array_agg"],
        )
        found = {}
        for card, is_useful, count, users in rows:
            useful, useless, mine = found.get(card.id, (0, 0, False))
            if self.env.uid in users:
                mine = "useful" if is_useful else "not_useful"
            found[card.id] = (
                (count, useless, mine) if is_useful else (useful, count, mine)
            )
        return found
