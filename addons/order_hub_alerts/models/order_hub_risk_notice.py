import base64
import binascii
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import notices

SEVERITIES = [("info", "Info"), ("warning", "Warning"), ("critical", "Critical")]
#: Largest file that is read, in bytes.
MOST_BYTES = 5 * 1024 * 1024


class OrderHubRiskNotice(models.Model):
    """Weather, a closed road, a carrier's trouble: what may hold up goods on the way.

    Entered by hand, imported from a file, or fetched by ``order.hub.risk.source``.
    """

    _name = "order.hub.risk.notice"
    _description = "Notice on the Route"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char("Notice", required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        ondelete="cascade",
        help="Empty: for all companies.",
    )
    severity = fields.Selection(SEVERITIES, required=True, default="warning")
    date_from = fields.Datetime("From", help="Empty: since always.")
    date_to = fields.Datetime("Until", help="Empty: nobody knows.", index=True)
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many(
        "res.country.state", string="States", help="Provinces and states."
    )
    cities = fields.Char(help="Separated by commas; narrower than the states.")
    carrier_ids = fields.Many2many(
        "delivery.carrier",
        string="Carriers",
        check_company=True,
        help="Empty: whoever carries.",
    )
    text = fields.Text("Details")
    origin = fields.Selection(
        [("entered", "Entered"), ("imported", "Imported"), ("fetched", "Fetched")],
        default="entered",
        required=True,
        readonly=True,
    )
    source_id = fields.Many2one(
        "order.hub.risk.source",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    reference = fields.Char(readonly=True, help="Its number in the source.")

    _reference_uniq = models.UniqueIndex(
        "(source_id, reference) WHERE reference IS NOT NULL AND source_id IS NOT NULL",
        "The source has sent this notice before.",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for notice in self:
            if (
                notice.date_from
                and notice.date_to
                and notice.date_to < notice.date_from
            ):
                raise ValidationError(
                    self.env._("Notice “%s” ends before it begins.", notice.name)
                )

    @api.constrains("name", "country_ids", "state_ids", "cities", "carrier_ids")
    def _check_somewhere(self):
        for notice in self:
            if not (
                notice.country_ids
                or notice.state_ids
                or notice._city_names()
                or notice.carrier_ids
            ):
                raise ValidationError(
                    self.env._(
                        "Notice “%s” is about no place and no carrier, so it would "
                        "hold for every order. Name where it holds.",
                        notice.name,
                    )
                )

    def _city_names(self):
        """Return the names of the cities, in lower case."""
        self.ensure_one()
        words = (self.cities or "").replace("，", ",").replace("、", ",").split(",")
        return tuple(word.strip().lower() for word in words if word.strip())

    # === READING === #

    @api.model
    def _take(self, found, company, origin, source=None):
        """Make or renew notices; those of a source are known by their reference.

        :param found: list of ``engine.notices.Notice``
        :return: the notices made or renewed
        """
        known = {}
        if source:
            same = self.with_context(active_test=False).search(
                [("source_id", "=", source.id)]
            )
            known = {notice.reference: notice for notice in same if notice.reference}
        places = self._places(found, company)
        taken, new = self.browse(), []
        for row in found:
            vals = self._vals(row, places, company)
            old = known.get(row.reference)
            if old:
                old.write(vals)
                taken |= old
                continue
            new.append(
                {
                    **vals,
                    "company_id": company.id,
                    "origin": origin,
                    "source_id": source.id if source else False,
                    "reference": row.reference or False,
                }
            )
        return taken | self.create(new)

    def _vals(self, row, places, company):
        countries, states, carriers = places
        state = states.get((row.country.lower(), row.state.lower()))
        state = state or states.get(("", row.state.lower()))
        country = countries.get(row.country.lower())
        vals = {
            "name": row.title,
            "severity": row.severity,
            "date_from": row.start or False,
            "date_to": row.end or False,
            "country_ids": [(6, 0, country.ids if country else [])],
            "state_ids": [(6, 0, state.ids if state else [])],
            "cities": row.city or False,
            "carrier_ids": [(6, 0, carriers[row.carrier.lower()].ids)]
            if row.carrier
            else [(6, 0, [])],
            "text": row.text or False,
        }
        return vals

    def _places(self, found, company):
        """Return countries, states and carriers by name, and refuse unknown ones.

        :raise UserError: a country, state or carrier that is not known
        """
        Country = self.env["res.country"]
        names = {row.country.lower() for row in found if row.country}
        countries = {}
        for country in Country.search([("code", "!=", False)]):
            for name in (country.code, country.name):
                if (name or "").lower() in names:
                    countries[name.lower()] = country
        self._refuse(names - countries.keys(), self.env._("country"))
        states = self._states(found, countries)
        wanted = {row.carrier.lower() for row in found if row.carrier}
        carriers = {
            carrier.name.lower(): carrier
            for carrier in self.env["delivery.carrier"].search(
                [("company_id", "in", [company.id, False])]
            )
            if wanted
        }
        self._refuse(wanted - carriers.keys(), self.env._("carrier"))
        return countries, states, carriers

    def _states(self, found, countries):
        """Return ``{(country or "", state): record}``; a bare name is one state."""
        wanted = {
            (row.country.lower(), row.state.lower()) for row in found if row.state
        }
        states, seen = {}, {}
        if wanted:
            State = self.env["res.country.state"]
            for state in State.search([("country_id", "!=", False)]):
                for name in {(state.code or "").lower(), (state.name or "").lower()}:
                    seen.setdefault(name, []).append(state)
        for country, name in wanted:
            same = [
                state
                for state in seen.get(name, ())
                if not country or state.country_id == countries[country]
            ]
            if len(same) != 1:
                self._refuse({name}, self.env._("state"))
            states[country, name] = same[0]
        return states

    def _refuse(self, names, what):
        if names:
            raise UserError(
                self.env._(
                    "No %(what)s is called %(name)s here. Mend the file, or make it "
                    "known first; nothing was taken.",
                    what=what,
                    name=", ".join(sorted(names)),
                )
            )

    @api.model
    def _read_file(self, content):
        """Take notices from a file.

        :param content: base64
        :raise UserError: it cannot be read; nothing is taken
        """
        try:
            raw = base64.b64decode(content or b"", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file did not arrive in one piece.")) from (
                error
            )
        if len(raw) > MOST_BYTES:
            raise UserError(
                self.env._(
                    "The file has %(size)s MB; at most %(most)s MB are read. Split it.",
                    size=round(len(raw) / 1024 / 1024, 1),
                    most=MOST_BYTES // 1024 // 1024,
                )
            )
        zone = ZoneInfo(self.env.user.tz or "UTC")
        try:
            found = notices.read(raw, zone)
        except notices.Unreadable as error:
            raise UserError(self.env._("The file cannot be read: %s", error)) from error
        return self._take(found, self.env.company, "imported")
