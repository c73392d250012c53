import csv

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import file_open

from ..engine.geo import Spot, normalise

#: The tables that come with the add-on; GeoNames, CC BY 4.0.
TABLES = ("china.csv", "world.csv")
#: To be raised when the tables change: they are read again at the next upgrade.
TABLE_VERSION = "2026-11"
TABLE_PARAMETER = "order_hub.place_table"


class OrderHubPlaceName(models.Model):
    """One normalised name of a place: what an address is looked up by."""

    _name = "order.hub.place.name"
    _description = "Name of a Place"
    _log_access = False
    _rec_name = "key"

    place_id = fields.Many2one(
        "order.hub.place", required=True, ondelete="cascade", index=True
    )
    key = fields.Char(required=True, index=True)

    # === LOOK UP === #

    @api.model
    def _spots(self, keys):
        """Return ``{key: [Spot, …]}`` of the places with these names, one query."""
        if not keys:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT name.key, place.id, place.name, place.kind, place.country_id,
                          place.state_id, place.latitude, place.longitude,
                          COALESCE(place.population, 0)
                     FROM order_hub_place_name name
                     JOIN order_hub_place place ON place.id = name.place_id
                    WHERE name.key = ANY(%s)""",
                list(keys),
            )
        )
        found = {}
        for key, *row, lat, lon, people in rows:
            spot = Spot(*row, float(lat), float(lon), people)
            found.setdefault(key, []).append(spot)
        return found

    # === THE TABLE THAT COMES WITH THE ADD-ON === #

    def init(self):
        """Load the tables when they are new: two statements, no record by record."""
        Parameter = self.env["ir.config_parameter"].sudo()
        if Parameter.get_param(TABLE_PARAMETER) == TABLE_VERSION:
            return
        rows = [row for name in TABLES for row in self._read_table(name)]
        loaded = self._load_places(rows)
        self._load_names(rows, loaded)
        Parameter.set_param(TABLE_PARAMETER, TABLE_VERSION)

    def _read_table(self, name):
        with file_open(f"order_hub/data/places/{name}") as file:
            return list(csv.DictReader(line for line in file if line[0] != "#"))

    def _load_places(self, rows):
        """Insert places that are not there yet; return ``{source number: id}``."""
        countries, states = self._countries(), self._states()
        known = [row for row in rows if row["country"] in countries]
        values = [
            SQL(
                "(%s, %s, %s, %s, %s, %s::int, %s, %s, %s, 'geonames', %s)",
                row["name"],
                self._chinese(row),
                ", ".join(row["names"].split("|")) or None,
                row["kind"],
                countries[row["country"]],
                states.get((row["country"], row["state"])),
                float(row["lat"]),
                float(row["lon"]),
                int(row["people"]),
                row["id"],
            )
            for row in known
        ]
        inserted = self.env.execute_query(
            SQL(
                """INSERT INTO order_hub_place (name, name_zh, aliases, kind,
                        country_id, state_id, latitude, longitude, population, source,
                        source_ref)
                   VALUES %s ON CONFLICT DO NOTHING RETURNING source_ref, id""",
                SQL(", ").join(values),
            )
        )
        return dict(inserted)

    def _chinese(self, row):
        names = [name for name in row["names"].split("|") if not name.isascii()]
        return names[0] if names else None

    def _countries(self):
        rows = self.env.execute_query(SQL("SELECT code, id FROM res_country"))
        return dict(rows)

    def _states(self):
        """Return ``{(country, state): id}`` by Odoo's own names of the states.

        Chinese provinces are called by letters in the tables; Odoo has the letters
        in the external id and a Chinese sign in the code.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT country.code, state.code, data.name, state.id
                     FROM res_country_state state
                     JOIN res_country country ON country.id = state.country_id
                LEFT JOIN ir_model_data data ON data.module = 'base'
                          AND data.model = 'res.country.state'
                          AND data.res_id = state.id
                    WHERE country.code IN ('CN', 'US')"""
            )
        )
        return {
            (country, name[9:] if country == "CN" and name else code): state
            for country, code, name, state in rows
        }

    def _load_names(self, rows, loaded):
        states = dict(
            self.env.execute_query(
                SQL("SELECT id, state_id FROM order_hub_place WHERE kind = 'state'")
            )
        )
        pairs = {
            (loaded[row["id"]], key)
            for row in rows
            if row["id"] in loaded
            for key in self._table_keys(row, states.get(loaded[row["id"]]))
        }
        if pairs:
            self.env.execute_query(
                SQL(
                    "INSERT INTO order_hub_place_name (place_id, key) VALUES %s "
                    "RETURNING id",
                    SQL(", ").join(SQL("(%s, %s)", *pair) for pair in sorted(pairs)),
                )
            )

    def _table_keys(self, row, state):
        keys = {normalise(name) for name in (row["name"], *row["names"].split("|"))}
        return (keys | ({f"state:{state}"} if state else set())) - {""}
