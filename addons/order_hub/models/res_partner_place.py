from hashlib import sha1

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import geo

#: What is known about where an address is; the last four mean that it is not.
PLACE_PRECISIONS = [
    ("exact", "Exact coordinates"),
    ("zip", "Postal code"),
    ("district", "District"),
    ("city", "City"),
    ("state", "Province or state only"),
    ("empty", "No city and no postal code"),
    ("unknown", "No such place in the table"),
    ("ambiguous", "Several places have this name"),
    ("vague", "Only the state is known"),
]
#: Fields from which the place of an address follows.
PLACE_FIELDS = (
    "country_id",
    "state_id",
    "city",
    "street",
    "street2",
    "zip",
    "partner_latitude",
    "partner_longitude",
)
#: Who sees how an address was placed: employees only.
INSIDE = "base.group_user"
#: Columns that only the hub writes.
OWN_FIELDS = frozenset(
    {"hub_latitude", "hub_longitude", "hub_precision", "hub_place_id", "hub_place_key"}
)


class ResPartner(models.Model):
    """Where an address is, and how precisely; kept with the mark of its text."""

    _inherit = "res.partner"

    hub_latitude = fields.Float(
        "Latitude Used", digits=(9, 6), copy=False, readonly=True, groups=INSIDE
    )
    hub_longitude = fields.Float(
        "Longitude Used", digits=(9, 6), copy=False, readonly=True, groups=INSIDE
    )
    hub_precision = fields.Selection(
        PLACE_PRECISIONS, "Placed By", copy=False, readonly=True, groups=INSIDE
    )
    hub_place_id = fields.Many2one(
        "order.hub.place",
        "Place",
        copy=False,
        readonly=True,
        ondelete="set null",
        groups=INSIDE,
    )
    hub_place_key = fields.Char(
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="Mark of the address text it was placed by.",
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._hub_check_own_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._hub_check_own_fields(vals)
        result = super().write(vals)
        if set(PLACE_FIELDS).intersection(vals):
            self.env["sale.order"].sudo()._hub_addresses_changed(self)
        return result

    def _hub_check_own_fields(self, vals):
        forged = sorted(OWN_FIELDS.intersection(vals))
        if forged:
            raise UserError(
                self.env._(
                    "“%s” follows from the address and cannot be written. Correct the "
                    "address, or its geolocation.",
                    self._fields[forged[0]].get_description(self.env, ["string"])[
                        "string"
                    ],
                )
            )

    # === PLACING === #

    def _hub_place(self):
        """Place the addresses that are new or have changed; two queries for all.

        Whoever reads ``hub_latitude``, ``hub_longitude`` and ``hub_precision``
        calls this first.
        """
        partners = self.sudo()
        marks = {partner.id: partner._hub_address_mark() for partner in partners}
        stale = partners.filtered(lambda p: p.hub_place_key != marks[p.id])
        if not stale:
            return
        addresses = {partner: partner._hub_address() for partner in stale}
        spots = self.env["order.hub.place.name"]._spots(self._hub_keys(addresses))
        self.env["order.hub.writer"]._update(
            stale,
            {
                partner.id: {
                    **partner._hub_placed(address, spots),
                    "hub_place_key": marks[partner.id],
                }
                for partner, address in addresses.items()
            },
        )

    def _hub_address_mark(self):
        """Return the mark of an address text: another text, another mark."""
        self.ensure_one()
        values = [self.country_id.id, self.state_id.id]
        values += [self[name] for name in PLACE_FIELDS if name[-3:] != "_id"]
        return sha1(repr(values).encode(), usedforsecurity=False).hexdigest()[:16]

    def _hub_address(self):
        self.ensure_one()
        return geo.Address(
            country=self.country_id.id or None,
            state=self.state_id.id or None,
            city=self.city or "",
            street=" ".join(filter(None, (self.street, self.street2))),
            zip=self.zip or "",
        )

    @api.model
    def _hub_keys(self, addresses):
        keys = {key for address in addresses.values() for key in geo.keys_of(address)}
        return keys | {f"state:{a.state}" for a in addresses.values() if a.state}

    def _hub_placed(self, address, spots):
        """Return the columns of one address; coordinates set on it come first."""
        self.ensure_one()
        if self.partner_latitude or self.partner_longitude:
            return {
                "hub_latitude": self.partner_latitude,
                "hub_longitude": self.partner_longitude,
                "hub_precision": "exact",
                "hub_place_id": None,
            }
        found = geo.place(address, spots, use_state=True)
        return {
            "hub_latitude": found.spot.lat if found.spot else None,
            "hub_longitude": found.spot.lon if found.spot else None,
            "hub_precision": found.precision or found.reason,
            "hub_place_id": found.spot.id if found.spot else None,
        }

    def _hub_point(self, use_state=False):
        """Return ``(latitude, longitude)``, or ``None`` where the address is unknown.

        :param use_state: the middle of the state is good enough
        """
        self.ensure_one()
        wanted = geo.PRECISIONS if use_state else geo.PRECISIONS[:-1]
        known = self.hub_precision in wanted
        return (self.hub_latitude, self.hub_longitude) if known else None

    def _hub_precision_text(self):
        """Return in words how precisely an address is placed, or why it is not."""
        self.ensure_one()
        labels = self._fields["hub_precision"]._description_selection(self.env)
        return dict(labels).get(self.sudo().hub_precision, "")

    @api.model
    def _hub_places_changed(self, places):
        """Forget what was placed by these places, and what could not be placed."""
        failed = ("unknown", "ambiguous", "state")
        stale = self.sudo().search(
            [
                "|",
                ("hub_place_id", "in", places.ids),
                ("hub_precision", "in", failed),
            ]
        )
        self.env["order.hub.writer"]._update(
            stale, {partner.id: {"hub_place_key": None} for partner in stale}
        )
        self.env["sale.order"].sudo()._hub_addresses_changed(stale)
