from odoo import models
from odoo.tools import SQL

from ..engine.customer import (
    choose,
    customer_of,
    identity_of,
    is_masked_customer,
)
from ..engine.customer_batch import Pending, Seeking
from ..engine.order import ANSWERS

#: Candidates named in a finding.
MAX_SHOWN = 8


class OrderHubInbound(models.Model):
    """Customer step: whose order it is and where it goes, for a batch at once."""

    _inherit = "order.hub.inbound"

    def _put_corrections(self, work):
        """Keep answers of people apart: no channel can give them in its payload."""
        self._put_corrections_apart(work)
        return super()._put_corrections(work)

    def _put_corrections_apart(self, work):
        given = work.corrections.items()
        work.found["answers"] = {p: value for p, value in given if p in ANSWERS}
        work.corrections = {p: value for p, value in given if p not in ANSWERS}

    def _step_customer(self, channel, works):
        """Find or make customers and addresses.

        Fills ``found`` with ``partner_id``, ``shipping_id``, ``invoice_id`` and the
        ``address`` in its parts.
        """
        result = super()._step_customer(channel, works)
        self._split_addresses(channel, works)
        seekings = [self._seeking(work) for work in works]
        self._find_customers(channel, seekings)
        self._make_customers(channel, [s for s in seekings if s.is_open])
        for seeking in seekings:
            if seeking.partner_id:
                seeking.work.found["partner_id"] = seeking.partner_id
        self._find_addresses(channel, [s.work for s in seekings if s.partner_id])
        return result

    def _seeking(self, work):
        address = work.found.get("address") or {}
        parts = address.get("vals", {})
        receiver = {name: parts.get(name) for name in ("name", "phone")}
        customer = customer_of(work.values, receiver)
        identity = identity_of(customer, address.get("country", ""))
        return Seeking(work, customer, identity)

    # === FIND === #

    def _find_customers(self, channel, seekings):
        """Find by a person's choice, by number, then by the strongest evidence."""
        self._take_choices(channel, seekings)
        self._take_numbers(channel, [s for s in seekings if s.is_open])
        going = [s for s in seekings if s.is_open]
        candidates = self.env["order.hub.customer.finder"]._candidates(
            channel, [s.identity for s in going], [s.customer for s in going]
        )
        for seeking in going:
            self._take_choice(seeking, choose(seeking.identity, candidates))
        self._take_earlier(channel, [s for s in seekings if s.is_open])
        found = [s for s in seekings if s.partner_id]
        self._keep_numbers(channel, {s.identity.number: s.partner_id for s in found})

    def _take_choices(self, channel, seekings):
        """Take the customers that people chose."""
        asked = [(s, s.chosen) for s in seekings if s.chosen]
        allowed = self.env["order.hub.customer.finder"]._chosen(
            channel, {chosen for _seeking, chosen in asked}
        )
        for seeking, chosen in asked:
            if chosen in allowed:
                seeking.take(chosen, "by_hand")
            else:
                seeking.stop("chosen_gone", "customer.partner_id", chosen)

    def _take_numbers(self, channel, seekings):
        numbers = {s.identity.number for s in seekings if s.identity.number}
        known = self.env["order.hub.customer.finder"]._by_number(channel, numbers)
        for seeking in seekings:
            partner_id = known.get(seeking.identity.number)
            if partner_id:
                seeking.take(partner_id, "by_number", number=seeking.identity.number)

    def _take_choice(self, seeking, choice):
        """Take what evidence says; several are for a person."""
        if choice.partner_id:
            seeking.take(choice.partner_id, f"by_{choice.kind}")
        elif choice.candidates:
            shown = [
                {"id": row.id, "name": row.label}
                for row in choice.candidates[:MAX_SHOWN]
            ]
            seeking.stop(
                "several",
                "customer.partner_id",
                count=len(choice.candidates),
                candidates=shown,
                names=", ".join(f"{row['name']} ({row['id']})" for row in shown),
            )

    def _take_earlier(self, channel, seekings):
        """Take customers that intake made of the same identity before."""
        marks = self.env["order.hub.customer.key"].sudo()
        keys = {s.identity.key() for s in seekings} - {""}
        known = marks._partners(channel.company_id, keys)
        allowed = self.env["order.hub.customer.finder"]._chosen(
            channel, set(known.values())
        )
        for seeking in seekings:
            partner_id = known.get(seeking.identity.key())
            if partner_id in allowed:
                seeking.take(partner_id, "by_earlier")

    # === MAKE === #

    def _make_customers(self, channel, seekings):
        """Make, as the channel says, the customers that nobody knows."""
        wanted = [s for s in seekings if self._may_make(channel, s)]
        pending = Pending()
        for seeking in wanted:
            pending.add(seeking)
        if not pending.groups:
            return
        partners = self._partners_to_make().create(
            [self._customer_vals(group[0]) for group in pending.groups]
        )
        for partner, group in zip(partners, pending.groups, strict=True):
            for seeking in group:
                seeking.take(partner.id, "made", name=partner.name)
        self._keep_marks(channel, wanted)

    def _may_make(self, channel, seeking):
        """Return whether to make a customer, else say what becomes of the order."""
        stand_in = channel.sudo().fallback_partner_id
        if seeking.identity.is_nobody and not seeking.name:
            return False
        if channel.unknown_customer == "ask":
            seeking.stop("unknown", "customer.partner_id", seeking.name)
        elif channel.unknown_customer == "stand_in" and stand_in:
            seeking.work.problem(
                "customer", "stand_in", "customer.partner_id", seeking.name, False
            )
            self._hold_for(seeking.work, "customer", "stand_in", seeking.name)
            seeking.take(stand_in.id, "", is_stand_in=True)
        else:
            return True
        return False

    def _hold_for(self, work, kind, code, value="", **figures):
        """Have the order held, once it is one, with the words of a finding."""
        words = self._in_words(self._inbound_words(), "customer", code, figures, value)
        work.found.setdefault("doubts", []).append((kind, words))

    def _customer_vals(self, seeking):
        """Return the values of a new customer.

        Where the parcel goes to the customer, the address is the customer's own.
        """
        customer = seeking.customer
        vals = {"name": seeking.name, "is_company": bool(customer.get("company"))}
        for name in ("email", "vat"):
            if customer.get(name):
                vals[name] = customer[name]
        phone = customer.get("mobile") or customer.get("phone")
        if phone:
            vals["phone"] = phone
        if is_masked_customer(customer):
            seeking.work.note("customer", "masked")
        address = seeking.work.found.get("address") or {}
        if address.get("is_own") or self._is_to_customer(seeking, address):
            place = {k: v for k, v in address["vals"].items() if k != "name"}
            vals = {**place, **vals}
        return vals

    def _is_to_customer(self, seeking, address):
        """Return whether the parcel goes to the new customer in person."""
        to = address.get("vals", {}).get("name")
        return bool(address) and (not to or to == seeking.name)

    def _keep_marks(self, channel, seekings):
        """Keep numbers and marks of new customers: the database lets one in."""
        self.env["order.hub.customer.key"].sudo()._claim(
            channel.company_id,
            {s.identity.key(): s.partner_id for s in seekings if s.identity.key()},
        )
        self._keep_numbers(channel, {s.identity.number: s.partner_id for s in seekings})

    def _keep_numbers(self, channel, partners):
        """Keep the channel's numbers of customers; those known stay as they are.

        :raise psycopg2.errors.SerializationFailure: another transaction has just kept
            one of them; the whole batch is to be tried again
        """
        rows = [
            SQL("(%s, %s, %s, %s)", channel.id, channel.company_id.id, number, partner)
            for number, partner in sorted(partners.items())
            if number
        ]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_hub_channel_partner
                          (channel_id, company_id, external_ref, partner_id)
                   VALUES %s
                   ON CONFLICT (channel_id, external_ref)
                   DO UPDATE SET partner_id = EXCLUDED.partner_id
                       WHERE EXISTS (
                           SELECT 1 FROM res_partner p
                            WHERE p.id = order_hub_channel_partner.partner_id
                              AND NOT p.active)""",
                SQL(", ").join(rows),
            )
        )
        self.env["order.hub.channel.partner"].invalidate_model(flush=False)
