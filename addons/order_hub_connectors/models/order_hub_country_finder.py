from odoo import api, models
from odoo.tools import SQL

from ..engine.address_foreign import country_code
from ..engine.address_key import plain


class OrderHubCountryFinder(models.AbstractModel):
    """Countries and states by whatever name or code a channel has for them."""

    _name = "order.hub.country.finder"
    _description = "Country Finder"

    @api.model
    def _countries(self):
        """Return ``{key: (id, code)}``: codes and names in every language."""
        rows = self.env.execute_query(
            SQL("SELECT id, upper(code), name FROM res_country WHERE code IS NOT NULL")
        )
        found = {}
        for country_id, code, names in rows:
            for name in names.values():
                found.setdefault(plain(name), (country_id, code))
        for country_id, code, _names in rows:
            found[code.lower()] = (country_id, code)
        return found

    @api.model
    def _country(self, countries, text):
        """Return ``(id, code)`` of one country, ``(0, "")`` if it is none."""
        code = country_code(text or "")
        known = countries.get(code.lower()) or countries.get(plain(text or ""))
        return known or (0, "")

    @api.model
    def _states(self, country_ids):
        """Return ``{(country id, key): (id, name)}`` of the states of countries."""
        if not country_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT id, country_id, code, name FROM res_country_state
                    WHERE country_id IN %s ORDER BY id DESC""",
                tuple(sorted(country_ids)),
            )
        )
        found = {(row[1], plain(row[2])): (row[0], row[3]) for row in rows}
        found.update(((row[1], plain(row[3])), (row[0], row[3])) for row in rows)
        return found
