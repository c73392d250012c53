from odoo import models
from odoo.tools import SQL

from ..engine.address import split
from ..engine.address_checked import checked_split
from ..engine.address_key import address_key, plain
from ..engine.address_parts import SURE

#: Newest addresses of one customer among which an address is looked for.
MAX_ADDRESSES = 50
FAMILY_FIELDS = (
    "parent_id",
    "commercial_partner_id",
    "type",
    "name",
    "street",
    "street2",
    "zip",
    "city",
    "phone",
    "state_id",
    "country_id",
)
ADDRESS_NAMES = ("street", "street2", "address", "city", "zip")


class OrderHubInbound(models.Model):
    """Addresses of the customer step: split, placed in a country, found or made."""

    _inherit = "order.hub.inbound"

    # === SPLIT === #

    def _split_addresses(self, channel, works):
        """Put ``found["address"]`` on every work that has an address.

        ``{"path", "split", "country", "vals", "is_own"}``: its path in the order, its
        parts, two letters, values of a partner, and whether it is the customer's.
        """
        finder = self.env["order.hub.country.finder"]
        countries = finder._countries()
        found = [self._split_address(work, countries) for work in works]
        states = finder._states({row["country_id"] for row in found if row} - {0})
        for work, row in zip(works, found, strict=True):
            if not row:
                continue
            state_id, name = self._state_of(row["split"], row["country_id"], states)
            row["vals"] = self._address_values(
                row["split"], row["country_id"], state_id
            )
            row["key"] = address_key(row["split"], name)
            work.found["address"] = row
            self._say_address(channel, work, row)

    def _split_address(self, work, countries):
        """Return one address in its parts, or ``None`` where there is none."""
        path, address = self._address_of(work.values)
        if not address:
            return None
        finder = self.env["order.hub.country.finder"]
        country_id, code = finder._country(countries, address.get("country"))
        answers = work.found.get("answers", {})
        result = self._split_of(answers, path, {**address, "country": code})
        if address.get("country") and not code:
            work.problem(
                "customer", "unknown_country", f"{path}.country", address["country"]
            )
        if result.country and result.country != code:
            country_id = countries.get(result.country.lower(), (0, ""))[0]
        return {
            "path": path,
            "split": result,
            "country": result.country,
            "country_id": country_id,
            "is_own": path == "customer",
        }

    def _split_of(self, answers, path, address):
        """Return the parts: as a person has put them, or as they are understood.

        :param dict answers: what people answered, by path
        """
        checked = checked_split(answers.get(f"{path}.checked"), address)
        return checked or split(address)

    def _address_of(self, values):
        """Return ``(path, address)``: where it is sent, else where the customer is."""
        for path in ("ship_to", "customer"):
            address = values.get(path) or {}
            if any(address.get(name) for name in ADDRESS_NAMES):
                return path, address
        return "", {}

    def _say_address(self, channel, work, row):
        """Say what is uncertain, and do what the channel wants done about it."""
        result = row["split"]
        if result.is_sure:
            by_hand = any(part.reason == "by_hand" for part in result.parts.values())
            work.note("customer", "address_by_hand" if by_hand else "address_sure")
            return
        how = channel.unsure_address
        proposal = self._in_one_line(result)
        field, value = self._words_to_correct(work.values, row["path"])
        work.problem(
            "customer",
            "address_needs_person",
            field,
            value,
            how == "ask",
            proposal=proposal,
        )
        for code, figures in self._address_doubts(result):
            work.problem("customer", code, "", "", False, **figures)
        if how == "hold":
            self._hold_for(work, "address", "address_needs_person", proposal=proposal)

    def _words_to_correct(self, values, path):
        """Return path and text of the field that says most of an address."""
        address = values.get(path) or {}
        names = ("address", "street", "street2", "city")
        name = next((name for name in names if address.get(name)), "address")
        return f"{path}.{name}", address.get(name, "")

    def _address_doubts(self, result):
        """Return ``[(code, figures)]`` of everything that is not sure."""
        doubts = [(f"address_{code}", figures) for code, figures in result.doubts]
        for name, part in result.parts.items():
            if part.value and part.confidence < SURE:
                figures = {"part": part.value, "percent": round(part.confidence * 100)}
                doubts.append((f"guess_{name}", figures))
        return doubts

    def _in_one_line(self, result):
        names = ("province", "city", "district")
        region = dict.fromkeys(result.value(name) for name in names)
        words = [*region, result.line, result.value("person"), result.value("phone")]
        return " ".join(word for word in words if word)[:300]

    # === VALUES === #

    def _address_values(self, result, country_id, state_id):
        """Return an address as values of ``res.partner``."""
        vals = {
            "name": result.value("person"),
            "phone": result.value("phone"),
            "street": self._street_of(result),
            "street2": result.value("phone2"),
            "city": result.value("city"),
            "zip": result.value("zip"),
            "country_id": country_id,
            "state_id": state_id,
        }
        if result.form != "chinese":
            self._keep_form(result, vals)
        return {name: value for name, value in vals.items() if value}

    def _state_of(self, result, country_id, states):
        """Return id and name of the state; Taiwan's cities are states of their own."""
        names = ("city", "province") if result.country == "TW" else ("province",)
        for name in names:
            state = states.get((country_id, plain(result.value(name))))
            if state:
                return state
        return False, ""

    def _street_of(self, result):
        """Return what is below the city in one line, as it is written on a parcel."""
        if result.form == "chinese":
            return f"{result.value('district')}{result.line}"
        return result.value("detail").partition("\n")[0]

    def _keep_form(self, result, vals):
        """Keep lines, and a district or a state that no field takes, in their words."""
        _first, _newline, second = result.value("detail").partition("\n")
        vals["street2"] = second.replace("\n", ", ")
        outside = [result.value("district"), vals["city"]]
        if not vals["state_id"]:
            outside.append(result.value("province"))
        vals["city"] = ", ".join(dict.fromkeys(word for word in outside if word))

    # === FIND OR MAKE === #

    def _find_addresses(self, channel, works):
        """Find the address among the customer's, else make it; one batch."""
        Partner = self._partners_to_make()
        owners = Partner.browse(work.found["partner_id"] for work in works)
        families = self._families(owners)
        missing = {}
        for work, owner in zip(works, owners, strict=True):
            family = families.get(owner.commercial_partner_id.id, [])
            work.found["invoice_id"] = self._invoice_to(owner.id, family)
            self._take_address(work, owner, family, missing)
        made = Partner.create([vals for vals, _works in missing.values()])
        for address, (_vals, waiting) in zip(made, missing.values(), strict=True):
            for work in waiting:
                work.found["shipping_id"] = address.id
                work.note("customer", "address_made")

    def _take_address(self, work, owner, family, missing):
        """Take a known address, or put it on the list of those to make."""
        row = work.found.get("address")
        if not row:
            work.found["shipping_id"] = self._ship_where(owner.id, family)
            work.note("customer", "no_address")
            return
        key = row["key"]
        known = self._same_address(key, owner, family)
        if known:
            work.found["shipping_id"] = known
            work.note("customer", "address_found")
            return
        vals = {"name": owner.name, **row["vals"]}
        vals |= {"parent_id": owner.id, "type": "delivery", **self._of_owner(owner)}
        entry = missing.setdefault((owner.id, key), (vals, []))
        entry[1].append(work)

    def _partners_to_make(self):
        """Return partners to create: their parents' addresses stay as they are.

        Odoo would copy a first address to a customer who has none, and read each
        parent anew.
        """
        return self.env["res.partner"].with_context(_partners_skip_fields_sync=True)

    def _of_owner(self, owner):
        """Return what an address has in common with its customer."""
        company = owner.commercial_partner_id
        return {
            name: company[name]
            for name in ("vat", "lang", "company_registry")
            if company[name]
        }

    def _same_address(self, key, owner, family):
        """Return the id of the customer's address that is the same, own one first."""
        same = [row for row in family if key.is_same(row["key"])]
        same.sort(key=lambda row: (row["id"] != owner.id, row["parent_id"] != owner.id))
        return same[0]["id"] if same else 0

    def _families(self, owners):
        """Return ``{commercial id: [address]}`` of customers, newest first."""
        commercial = owners.commercial_partner_id.ids
        if not commercial:
            return {}
        self.env["res.partner"].flush_model(FAMILY_FIELDS)
        visible = self.env["res.partner"]._search(
            [("commercial_partner_id", "in", commercial), ("active", "=", True)]
        )
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT p.id, p.parent_id, p.commercial_partner_id AS commercial_id,
                          p.type, p.name, p.street, p.street2, p.zip, p.city, p.phone,
                          s.name AS state, c.code AS country
                     FROM (SELECT r.id, r.parent_id, r.commercial_partner_id, r.type,
                                  r.name, r.street, r.street2, r.zip, r.city, r.phone,
                                  r.state_id, r.country_id,
                                  row_number() OVER (
                                      PARTITION BY r.commercial_partner_id
                                      ORDER BY r.id DESC) AS number
                             FROM res_partner r WHERE r.id IN %s) p
                LEFT JOIN res_country_state s ON s.id = p.state_id
                LEFT JOIN res_country c ON c.id = p.country_id
                    WHERE p.number <= %s OR p.id = p.commercial_partner_id
                          OR p.type = 'invoice'
                    ORDER BY p.id DESC""",
                visible.subselect(),
                MAX_ADDRESSES,
            )
        )
        families = {}
        for row in rows:
            row["key"] = address_key(split(row))
            families.setdefault(row["commercial_id"], []).append(row)
        return families

    def _invoice_to(self, owner_id, family):
        """Return where invoices go: the customer's own address for it, or itself."""
        return self._address_for(owner_id, family, "invoice")

    def _ship_where(self, owner_id, family):
        """Return where goods go if the order does not say."""
        return self._address_for(owner_id, family, "delivery")

    def _address_for(self, owner_id, family, kind):
        """Return the oldest address of a kind of a customer or of its company."""
        company = next((r["commercial_id"] for r in family if r["id"] == owner_id), 0)
        for parent in (owner_id, company):
            own = [
                row["id"]
                for row in family
                if row["parent_id"] == parent and row["type"] == kind
            ]
            if own:
                return min(own)
        return owner_id
