import re

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

#: How alike numbers and names are that are shown, 0 to 1. Rough ones are looked for
#: when there is nothing better: nearly every row of a long list is a bit like any text.
CLOSE = {"number": 0.5, "customer": 0.5}
ROUGH = {"number": 0.3, "customer": 0.4}
#: Rows shown at most.
MOST = 200
MAX_ASKED = 100
#: Words of a text; letters and digits that follow each other are two.
PARTS = re.compile(r"[^\W\d_]+|\d+")


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
        found = dict(self._containing(text, limit))
        if self.env.registry.has_trigram and len(found) < limit:
            self._add_similar(found, text, limit)
        return sorted(found.items(), key=lambda hit: (-hit[1], -hit[0]))[:limit]

    def _containing(self, text, limit):
        """Return ``[(row id, score)]`` of what contains a text, or its words in their
        order."""
        part = f"%{escaped(text)}%"
        words = f"%{'%'.join(map(escaped, PARTS.findall(text)))}%"
        pieces = [
            SQL("SELECT id, 1.0 AS score FROM %s AND number = %s", self._mine(), text),
            SQL("SELECT id, 0.95 FROM %s AND number ILIKE %s", self._mine(), part),
            SQL("SELECT id, 0.9 FROM %s AND customer ILIKE %s", self._mine(), part),
        ]
        if words not in (part, "%%"):
            pieces += [
                SQL("SELECT id, 0.88 FROM %s AND number ILIKE %s", self._mine(), words),
                SQL(
                    "SELECT id, 0.87 FROM %s AND customer ILIKE %s", self._mine(), words
                ),
            ]
        return self.env.execute_query(
            SQL(
                """SELECT id, max(score) FROM (%s) AS hits
                 GROUP BY id ORDER BY 2 DESC, id DESC LIMIT %s""",
                SQL(" UNION ALL ").join(
                    SQL("(%s LIMIT %s)", piece, 5 * limit) for piece in pieces
                ),
                limit,
            )
        )

    def _add_similar(self, found, text, limit):
        """Add rows that are like a text; the rough ones only when there are no others.

        Other spellings of a name are wanted beside it, neighbours of a number that is
        there are not.

        :param found: ``{row id: score}``, added to
        """
        is_there = bool(found)
        for likeness in (CLOSE, ROUGH):
            if found and likeness is ROUGH:
                return
            for name, alike in likeness.items():
                if is_there and name == "number":
                    continue
                for row_id, score in self._similar(SQL(name), text, alike, limit):
                    found[row_id] = max(score, found.get(row_id, 0))

    def _similar(self, column, text, alike, limit):
        """Return ``[(row id, score)]``; the index leaves out what is less alike."""
        self.env.cr.execute(
            SQL(
                "SELECT set_config('pg_trgm.similarity_threshold', %s, true)",
                str(alike),
            )
        )
        return self.env.execute_query(
            SQL(
                """SELECT id, similarity(%(column)s, %(text)s) * 0.85
                     FROM %(mine)s AND %(column)s %% %(text)s
                 ORDER BY 2 DESC, id DESC LIMIT %(limit)s""",
                column=column,
                text=text,
                mine=self._mine(),
                limit=limit,
            )
        )

    def _mine(self):
        return SQL(
            "order_hub_history_row WHERE company_id = ANY(%s)", self.env.companies.ids
        )


def escaped(text):
    """Return a text that stands for itself in ILIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
