from collections import defaultdict
from datetime import timedelta

from odoo import models

from ..const import FINAL_STATES
from ..engine.likeness import DAYS, THRESHOLD, Facts, likest


class OrderHubInbound(models.Model):
    """Step: is this order one that the hub has already, by another road?"""

    _inherit = "order.hub.inbound"

    def _step_duplicates(self, channel, works):
        """Find likely repeats among orders, waiting messages and this very batch.

        A bounded number of queries for the batch; scores are plain Python.
        """
        super()._step_duplicates(channel, works)
        works = [work for work in works if work.kind == "order"]
        if channel.duplicate_mode == "off" or not works:
            return
        facts = self._likeness_facts(channel, works)
        for work in works:
            work.found["likeness"] = facts[work.inbound_id]
        matches = self._likest(channel, works, facts)
        self.env["order.hub.duplicate"].sudo()._store_found(channel, facts, matches)
        for work in works:
            if work.inbound_id in matches:
                self._tell_likely(channel, work, *matches[work.inbound_id])

    def _likest(self, channel, works, facts):
        """Return ``{inbound id: (other, Likeness)}`` of those that reach the
        threshold and that nobody has decided to keep apart."""
        scheme = channel.sudo().likeness_id
        weights, threshold = scheme._weights(), scheme.threshold or THRESHOLD
        decided = self.env["order.hub.duplicate"].sudo()._kept_apart(list(facts))
        others = self._like_others(channel, works, facts, scheme)
        matches = {}
        for inbound_id, mine in facts.items():
            apart = decided.get(inbound_id, ())
            asked = [row for row in others[inbound_id] if row[0]["key"] not in apart]
            best = likest(mine, asked, weights, threshold)
            if best:
                matches[inbound_id] = best
        return matches

    def _tell_likely(self, channel, work, other, found):
        """Say so; by the channel's choice the order waits, or is held afterwards."""
        asks = channel.duplicate_mode == "ask"
        figures = {"name": other["name"], "score": f"{found.score:g}"}
        work.problem(
            "duplicates", "likely", value=other["name"], blocking=asks, **figures
        )
        if not asks:
            text = self._in_words(
                self._inbound_words(), "duplicates", "likely", figures, other["name"]
            )
            work.found.setdefault("doubts", []).append(("duplicate", text))

    def _inbound_words(self):
        words = super()._inbound_words()
        words["duplicates.likely"] = self.env._(
            "This is likely a repeat of %(name)s: %(score)s of 100 points. Compare "
            "them and choose Merge or Keep Both."
        )
        return words

    # === WHAT IT IS COMPARED WITH === #

    def _like_others(self, channel, works, facts, scheme):
        """Return ``{inbound id: [(other, Facts)]}``.

        An other is a dict: ``key`` (of ``order.hub.duplicate``), ``order_id``,
        ``inbound_id``, ``name``, ``facts``.
        """
        others = defaultdict(list)
        self._add_orders(channel, works, facts, scheme, others)
        self._add_waiting(channel, facts, scheme.days or DAYS, others)
        if channel.duplicate_scope == "all":
            self._add_batch(works, facts, others)
        return others

    def _add_orders(self, channel, works, facts, scheme, others):
        Search = self.env["order.hub.likeness.search"].sudo()
        pairs = Search._pairs(channel.company_id, facts, scheme)
        orders = Search._order_facts({order_id for _n, order_id in pairs})
        refs = {w.inbound_id: w.values.get("external_ref", "") for w in works}
        for inbound_id, order_id in sorted(pairs):
            row = orders[order_id]
            if self._is_other(channel, inbound_id, refs[inbound_id], row):
                key = -row["inbound_id"] if row["inbound_id"] else order_id
                other = {
                    "key": key,
                    "order_id": order_id,
                    "inbound_id": row["inbound_id"],
                    "name": row["name"],
                    "facts": row["facts"],
                }
                others[inbound_id].append((other, row["facts"]))

    def _is_other(self, channel, inbound_id, external_ref, row):
        """Tell whether an order is not this one, and of a channel to compare with."""
        if row["channel_id"] != channel.id:
            return True
        if row["inbound_id"] == inbound_id or row["external_ref"] == external_ref:
            return False
        return channel.duplicate_scope == "all"

    def _add_waiting(self, channel, facts, days, others):
        Waiting = self.env["order.hub.inbound.facts"].sudo()
        window = timedelta(days=days)
        for row in Waiting._waiting_like(channel.company_id, facts, window):
            if row["inbound_id"] in facts:
                continue
            if row["channel_id"] == channel.id and channel.duplicate_scope != "all":
                continue
            theirs = Facts.from_json(row["facts"])
            other = self._inbound_other(row["inbound_id"], row["external_ref"], theirs)
            others[row["probe"]].append((other, theirs))

    def _add_batch(self, works, facts, others):
        """Compare with the earlier ones of this batch that share a key."""
        earlier = defaultdict(list)
        for work in sorted(works, key=lambda work: work.inbound_id):
            mine = facts[work.inbound_id]
            known = {row.inbound_id: row for key in mine.keys for row in earlier[key]}
            for row in known.values():
                theirs = facts[row.inbound_id]
                other = self._inbound_other(row.inbound_id, row.external_ref, theirs)
                others[work.inbound_id].append((other, theirs))
            for key in mine.keys:
                earlier[key].append(work)

    def _inbound_other(self, inbound_id, external_ref, facts):
        return {
            "key": -inbound_id,
            "order_id": None,
            "inbound_id": inbound_id,
            "name": external_ref,
            "facts": facts,
        }

    # === AFTERWARDS === #

    def _after_results(self, channel, works):
        """Keep what is compared of those that wait now; forget the others."""
        result = super()._after_results(channel, works)
        kept = {
            work.inbound_id: work.found["likeness"]
            for work in works
            if "likeness" in work.found and work.outcome not in FINAL_STATES
        }
        Waiting = self.env["order.hub.inbound.facts"].sudo()
        Waiting._forget([w.inbound_id for w in works if w.inbound_id not in kept])
        Waiting._keep(channel.company_id, kept)
        return result
