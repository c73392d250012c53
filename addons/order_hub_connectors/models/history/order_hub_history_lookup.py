from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

#: How alike names or numbers are that are shown, 0 to 1, and how many at most.
ALIKE = 0.3
MOST = 200
MAX_ASKED = 100


class OrderHubHistoryRow(models.Model):
    """Where was that order? By a number or a customer, roughly spelt: file and row."""

    _inherit = "order.hub.history.row"

    @api.model
    def _search_look_up(self, operator, value):
        if operator not in ("ilike", "=") or not isinstance(value, str):
            return NotImplemented
        found = self._alike(value, MOST)
        return Domain("id", "in", [row_id for row_id, _score in found])

    @api.model
    def look_up_rows(self, text, limit=20):
        """Return the rows whose order number or customer is like a text, best first.

        :param text: part of a number or name, or roughly one
        :param limit: at most 200
        :return: list of dicts ``file``, ``sheet``, ``row``, ``number``, ``customer``,
            ``day``, ``state``, ``order_id``, ``id``, ``score`` (0..1)
        :raise AccessError: for anybody who is no operator of the hub
        """
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._(
                    "Only operators of the Order Hub look up history. Ask one of them."
                )
            )
        found = dict(self._alike(str(text or ""), max(1, min(int(limit), MOST))))
        rows = self.browse(found)._filtered_access("read")
        return [{**row._where(), "score": round(found[row.id], 2)} for row in rows]

    def _where(self):
        return {
            "id": self.id,
            "file": self.file_id.name,
            "sheet": self.sheet or "",
            "row": self.row_no,
            "number": self.number or "",
            "customer": self.customer or "",
            "day": self.day and self.day.isoformat() or "",
            "state": self.state,
            "order_id": self.order_id.id or False,
        }

    @api.model
    def _alike(self, text, limit):
        """Return ``[(row id, score)]`` of the user's companies, best first.

        What contains the text comes first; then, where PostgreSQL has pg_trgm, what
        has many pieces of three characters in common.
        """
        text = " ".join(text.split())[:MAX_ASKED].replace("\x00", "")
        if not text:
            return []
        self.flush_model(["number", "customer", "company_id"])
        return self.env.execute_query(self._alike_sql(text, limit))

    def _alike_sql(self, text, limit):
        part = f"%{escaped(text)}%"
        pieces = [
            SQL("SELECT id, 1.0 AS score FROM %s AND number = %s", self._mine(), text),
            SQL("SELECT id, 0.95 FROM %s AND number ILIKE %s", self._mine(), part),
            SQL("SELECT id, 0.9 FROM %s AND customer ILIKE %s", self._mine(), part),
        ]
        if self.env.registry.has_trigram:
            self.env.cr.execute(
                SQL(
                    "SELECT set_config('pg_trgm.similarity_threshold', %s, true)",
                    str(ALIKE),
                )
            )
            pieces += [
                self._similar(SQL(name), text) for name in ("number", "customer")
            ]
        return SQL(
            """SELECT id, max(score) FROM (%s) AS hits
             GROUP BY id ORDER BY 2 DESC, id DESC LIMIT %s""",
            SQL(" UNION ALL ").join(
                SQL("(%s LIMIT %s)", piece, 5 * limit) for piece in pieces
            ),
            limit,
        )

    def _similar(self, column, text):
        return SQL(
            """SELECT id, similarity(%(column)s, %(text)s) * 0.85
                 FROM %(mine)s AND %(column)s %% %(text)s
             ORDER BY 2 DESC""",
            column=column,
            text=text,
            mine=self._mine(),
        )

    def _mine(self):
        return SQL(
            "order_hub_history_row WHERE company_id = ANY(%s)", self.env.companies.ids
        )


def escaped(text):
    """Return a text that stands for itself in ILIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
