from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.geo import normalise, zip_key

PLACE_KINDS = [
    ("zip", "Postal code"),
    ("district", "District"),
    ("city", "City"),
    ("state", "Province or state"),
]
#: Fields from which the names follow that a place is found by.
NAME_FIELDS = frozenset({"name", "name_zh", "aliases", "zip", "kind", "state_id"})


class OrderHubPlace(models.Model):
    """A city or district and where it lies: addresses are placed without internet.

    The table comes with the add-on (GeoNames, CC BY 4.0) and grows by hand. Names
    are looked up in ``order.hub.place.name``, normalised.
    """

    _name = "order.hub.place"
    _description = "Place"
    _order = "population desc, name, id"
    _rec_names_search = ["name", "name_zh", "aliases", "zip"]

    name = fields.Char(required=True)
    name_zh = fields.Char("Chinese Name")
    aliases = fields.Char("Other Names", help="Separated by commas.")
    kind = fields.Selection(PLACE_KINDS, default="city", required=True)
    country_id = fields.Many2one("res.country", required=True, ondelete="restrict")
    state_id = fields.Many2one(
        "res.country.state",
        "Province or State",
        domain="[('country_id', '=', country_id)]",
        ondelete="restrict",
    )
    zip = fields.Char("Postal Code")
    latitude = fields.Float(digits=(9, 6), required=True)
    longitude = fields.Float(digits=(9, 6), required=True)
    population = fields.Integer(
        help="Of two places with one name, the one twenty times bigger is meant."
    )
    source = fields.Selection(
        [("geonames", "GeoNames, CC BY 4.0"), ("own", "Added here")],
        default="own",
        required=True,
        readonly=True,
    )
    source_ref = fields.Char("Number in the Source", readonly=True, copy=False)
    name_ids = fields.One2many("order.hub.place.name", "place_id", "Found By")

    _source_uniq = models.UniqueIndex(
        "(source, source_ref) WHERE source_ref IS NOT NULL",
        "This place of the source is in the table already.",
    )
    _on_earth = models.Constraint(
        "CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "Latitude goes from -90 to 90 and longitude from -180 to 180 degrees.",
    )
    _state_idx = models.Index("(state_id) WHERE kind = 'state'")

    @api.depends("name", "name_zh", "state_id")
    def _compute_display_name(self):
        for place in self:
            parts = [place.name, place.name_zh, place.state_id.name]
            place.display_name = " · ".join(part for part in parts if part)

    @api.constrains("latitude", "longitude")
    def _check_is_somewhere(self):
        for place in self:
            if not place.latitude and not place.longitude:
                raise ValidationError(
                    self.env._(
                        "“%s” needs its latitude and longitude: 0, 0 lies in the "
                        "ocean. Any map shows them.",
                        place.name,
                    )
                )

    @api.constrains("kind", "zip", "state_id")
    def _check_kind_is_filled(self):
        for place in self:
            if place.kind == "zip" and not place.zip:
                raise ValidationError(
                    self.env._("“%s” needs the postal code it stands for.", place.name)
                )
            if place.kind == "state" and not place.state_id:
                raise ValidationError(
                    self.env._("“%s” needs the state it stands for.", place.name)
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        places = super().create(vals_list)
        places._index_names()
        self.env["res.partner"]._hub_places_changed(places)
        return places

    def write(self, vals):
        result = super().write(vals)
        if NAME_FIELDS.intersection(vals):
            self._index_names()
        self.env["res.partner"]._hub_places_changed(self)
        return result

    def unlink(self):
        self.env["res.partner"]._hub_places_changed(self)
        return super().unlink()

    # === NAMES === #

    def _index_names(self):
        """Write down every name, normalised, under which the places are found."""
        self.env.flush_all()
        names = self.env["order.hub.place.name"].sudo()
        names.search([("place_id", "in", self.ids)]).unlink()
        names.create(
            [
                {"place_id": place.id, "key": key}
                for place in self
                for key in place._keys()
            ]
        )

    def _keys(self):
        self.ensure_one()
        if self.kind == "zip":
            return [zip_key(self.zip or "")]
        written = [self.name, self.name_zh, *(self.aliases or "").split(",")]
        keys = {normalise(name) for name in written if name} - {""}
        if self.kind == "state":
            keys.add(f"state:{self.state_id.id}")
        return sorted(keys)
