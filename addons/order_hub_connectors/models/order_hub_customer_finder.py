from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.customer import Candidate
from ..engine.identity import email_key, name_key, phone_key, vat_key

#: Partners read for one batch; more have the same name or number by mistake.
MAX_CANDIDATES = 5000
#: Who receives at an address of a customer is not that customer.
IS_CUSTOMER = Domain("parent_id", "=", False) | Domain("type", "=", "contact")
READ = (
    "name",
    "vat",
    "email_normalized",
    "phone",
    "is_company",
    "commercial_partner_id",
    "partner_share",
    "country_code",
)


class OrderHubCustomerFinder(models.AbstractModel):
    """Partners that may be the customers of a batch, in a bounded number of queries."""

    _name = "order.hub.customer.finder"
    _description = "Customer Finder"

    @api.model
    def _by_number(self, channel, numbers):
        """Return ``{number: partner id}`` of the channel's own customer numbers.

        Archived customers are left out, and those of another company.
        """
        if not numbers:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT n.external_ref, n.partner_id
                     FROM order_hub_channel_partner n
                     JOIN res_partner p ON p.id = n.partner_id AND p.active
                    WHERE n.channel_id = %s AND n.external_ref IN %s
                      AND (p.company_id IS NULL OR p.company_id = %s)""",
                channel.id,
                tuple(numbers),
                channel.company_id.id,
            )
        )
        return dict(rows)

    @api.model
    def _candidates(self, channel, identities, customers):
        """Return the partners for which any evidence of a batch speaks.

        :param list identities: ``engine.customer.Identity``
        :param list customers: the customers as the channel says them
        :return: ``engine.customer.Candidate``, as the user may see them
        """
        evidence = self._evidence(identities, customers)
        if not evidence:
            return []
        Partner = self.env["res.partner"]
        Partner.flush_model([name for name, _values in evidence])
        partners = Partner.search_fetch(
            self._scope(channel)
            & IS_CUSTOMER
            & Domain.custom(to_sql=_any_of(evidence)),
            READ,
            limit=MAX_CANDIDATES,
            order="id",
        )
        logins = self._with_login(partners)
        return [self._candidate(partner, logins) for partner in partners]

    @api.model
    def _chosen(self, channel, ids):
        """Return which of the partners that people chose may be the customer."""
        if not ids:
            return set()
        scope = self._scope(channel) & Domain("id", "in", list(ids))
        return set(self.env["res.partner"].search(scope).ids)

    def _scope(self, channel):
        company = (False, channel.company_id.id)
        return Domain("company_id", "in", company) & Domain("active", "=", True)

    def _evidence(self, identities, customers):
        """Return ``[(expression, values)]`` by which partners are looked for."""
        emails = {row.email for row in identities if row.email}
        vats = {row.vat for row in identities if row.vat}
        vats |= {c["vat"].strip() for c in customers if c.get("vat")}
        phones = {row.phone[-8:] for row in identities if row.phone and row.name}
        companies = {c["company"].strip() for c in customers if c.get("company")}
        found = [
            ("email_normalized", emails),
            ("vat", vats),
            ("phone", phones),
            ("name", companies),
        ]
        return [(name, tuple(sorted(values))) for name, values in found if values]

    def _with_login(self, partners):
        """Return the ids of partners of which somebody logs in."""
        if not partners:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM res_users WHERE active AND partner_id IN %s",
                tuple(partners.ids),
            )
        )
        return {row[0] for row in rows}

    def _candidate(self, partner, logins):
        return Candidate(
            id=partner.id,
            commercial_id=partner.commercial_partner_id.id,
            label=partner.name or "",
            vat=vat_key(partner.vat or ""),
            email=email_key(partner.email_normalized or ""),
            phone=phone_key(partner.phone or "", partner.country_code or ""),
            name=name_key(partner.name or ""),
            is_company=partner.is_company,
            is_internal=not partner.partner_share,
            has_login=partner.id in logins,
        )


def _any_of(evidence):
    """Return the condition of partners for which any evidence speaks."""

    def to_sql(model, alias, query):
        terms = [
            SQL("%s IN %s", _expression(alias, name), values)
            for name, values in evidence
        ]
        return SQL("(%s)", SQL(" OR ").join(terms))

    return to_sql


def _expression(alias, name):
    """Return what is compared; for telephones, the expression that has an index."""
    column = SQL.identifier(alias, name)
    if name == "phone":
        return SQL(r"right(regexp_replace(%s, '\D', '', 'g'), 8)", column)
    return column
