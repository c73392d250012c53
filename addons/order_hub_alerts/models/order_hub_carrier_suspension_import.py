import re
from zoneinfo import ZoneInfo

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Command, Domain

from ..engine import suspension as engine
from ..engine.suspension import Problem


class OrderHubCarrierSuspension(models.Model):
    """Suspensions from a file or another system: all rows, or none."""

    _inherit = "order.hub.carrier.suspension"

    @api.model
    def receive(self, rows):
        """Take suspensions from another system; a known reference is changed.

        :param list rows: dicts with ``carrier`` (its name), ``from``, ``to`` (ISO
            8601, UTC unless an offset is given), ``reason``, ``reference``,
            ``countries`` (ISO codes), ``states`` (codes or names), ``zips``
            (beginnings); several of one kind separated by semicolons
        :return: ``{"ok": True, "created": n, "changed": n, "ids": […]}`` or
            ``{"ok": False, "errors": [{"line", "field", "code", "message"}]}`` with
            nothing changed
        :raise AccessError: without the right to enter suspensions
        """
        return self._receive(*engine.read_rows(rows, ZoneInfo("UTC")), "api")

    @api.model
    def _receive_file(self, content):
        """Take suspensions from a CSV file; moments are in the user's time zone.

        :param bytes content:
        :return: as :meth:`receive`
        """
        zone = ZoneInfo(self.env.user.tz or "UTC")
        return self._receive(*engine.read_file(content, zone), "file")

    def _receive(self, rows, problems, source):
        for operation in ("create", "write"):
            self.check_access(operation)
        values, unknown = self._looked_up(rows, source)
        problems = problems + unknown + self._repeated(rows)
        if problems:
            problems.sort(key=lambda problem: problem.line)
            return {"ok": False, "errors": [self._error(found) for found in problems]}
        try:
            with self.env.cr.savepoint():
                return self._keep(values)
        except UniqueViolation as error:
            raise ConcurrencyError("the same suspension is being received") from error

    def _keep(self, values):
        """Create what is new, change what is known; one search for all."""
        references = [vals["reference"] for vals in values if vals["reference"]]
        known = self.with_context(active_test=False).search(
            [
                ("company_id", "=", self.env.company.id),
                ("reference", "in", references),
            ]
        )
        by_reference = {row.reference: row for row in known}
        rows = self.browse()
        for vals in values:
            row = by_reference.get(vals["reference"])
            if row:
                row.write({**vals, "active": True})
                rows |= row
        fresh = [vals for vals in values if vals["reference"] not in by_reference]
        made = self.create(fresh)
        (rows | made).flush_recordset()
        return {
            "ok": True,
            "created": len(made),
            "changed": len(rows),
            "ids": (rows | made).ids,
        }

    def _repeated(self, rows):
        """Return the rows whose reference stands in an earlier one, too."""
        seen, problems = set(), []
        for line, row in rows:
            if row.reference and row.reference in seen:
                problems.append(Problem(line, engine.REFERENCE, "twice", row.reference))
            seen.add(row.reference)
        return problems

    # === LOOKED UP === #

    def _looked_up(self, rows, source):
        """Return ``(values, problems)`` with names and codes replaced by records."""
        carriers = self._carriers_by_name()
        countries = self._countries_by_code(rows)
        states = self._states_by_word(rows)
        values, problems = [], []
        for line, row in rows:
            vals, wrong = self._row_vals(line, row, carriers, countries, states)
            values.append({**vals, "source": source})
            problems += wrong
        return values, problems

    def _row_vals(self, line, row, carriers, countries, states):
        carrier = carriers.get(row.carrier.casefold())
        problems = []
        if not carrier:
            problems.append(Problem(line, engine.CARRIER, "unknown", row.carrier))
        elif len(carrier) > 1:
            problems.append(Problem(line, engine.CARRIER, "several", row.carrier))
        country_ids, wrong = self._matched(line, row.countries, countries)
        state_ids, strange = self._states_inside(line, row, states, country_ids)
        return {
            "carrier_id": carrier[:1].id if carrier else False,
            "company_id": self.env.company.id,
            "reason": row.reason,
            "country_ids": [Command.set(country_ids)],
            "state_ids": [Command.set(state_ids)],
            "zips": ";".join(row.zips) or False,
            "date_from": row.starts,
            "date_to": row.ends or False,
            "reference": row.reference or False,
        }, problems + wrong + strange

    def _matched(self, line, words, known):
        """Return ``(ids, problems)`` of countries."""
        problems = [
            Problem(line, engine.COUNTRIES, "unknown", word)
            for word in words
            if word.casefold() not in known
        ]
        return [known[w.casefold()] for w in words if w.casefold() in known], problems

    def _states_inside(self, line, row, states, country_ids):
        """Return ``(ids, problems)`` of provinces: each word means exactly one.

        One that means nothing must not be left out: the suspension would then hold
        for the whole country.
        """
        found, problems = [], []
        for word in row.states:
            ids = [
                state.id
                for state in states.get(word.casefold(), ())
                if not country_ids or state.country_id.id in country_ids
            ]
            if len(set(ids)) == 1:
                found += ids[:1]
                continue
            code = "place" if ids else "unknown"
            problems.append(Problem(line, engine.STATES, code, word))
        return found, problems

    def _carriers_by_name(self):
        carriers = self.env["delivery.carrier"].search(
            [("company_id", "in", (False, self.env.company.id))]
        )
        return carriers.grouped(lambda carrier: carrier.name.casefold())

    def _countries_by_code(self, rows):
        codes = {word.upper() for _line, row in rows for word in row.countries}
        found = self.env["res.country"].search([("code", "in", list(codes))])
        return {country.code.casefold(): country.id for country in found}

    def _states_by_word(self, rows):
        """Return ``{code or name: [province]}`` of the words in the rows.

        Next to the codes that Odoo has (甘) those of ISO 3166-2 (GS), which Odoo knows
        by the names of its own records.
        """
        words = {word.casefold() for _line, row in rows for word in row.states}
        States = self.env["res.country.state"]
        known = {word: self._iso_states(word) for word in words}
        for state in States.search(Domain.TRUE) if words else ():
            for word in {state.code.casefold(), state.name.casefold()} & words:
                known[word] |= state
        return {word: states for word, states in known.items() if states}

    def _iso_states(self, word):
        """Return the provinces of China with an ISO code."""
        found = self.env["res.country.state"]
        if re.fullmatch(r"[a-z]{2}", word):
            data = self.env["ir.model.data"]
            id_ = data._xmlid_to_res_id(f"base.state_cn_{word.upper()}")
            found = found.browse(id_ or [])
        return found

    # === WORDS === #

    def _error(self, problem):
        return {
            "line": problem.line,
            "field": problem.column,
            "code": problem.code,
            "message": self._problem_text(problem),
        }

    def _problem_text(self, problem):
        """Return a problem as a sentence with its line and column."""
        texts = {
            "missing": self.env._("%s must be filled.", problem.column),
            "moment": self.env._(
                "“%s” is no date and time. Write 2026-03-01 08:00.", problem.detail
            ),
            "order": self.env._(
                "The end must be after the beginning, within a year of it."
            ),
            "long": self.env._("Too much: %s at most.", problem.detail),
            "column": self.env._(
                "A column is missing or not known here: %s.", problem.column
            ),
            "text": self.env._("This cannot be read as text: %s", problem.column),
            "unknown": self.env._("“%s” is not known here.", problem.detail),
            "several": self.env._(
                "Several delivery methods are called “%s”.", problem.detail
            ),
            "place": self.env._(
                "“%s” is a province of several countries. Give the country, too.",
                problem.detail,
            ),
            "twice": self.env._(
                "Reference %s stands in an earlier line, too.", problem.detail
            ),
        }
        text = texts.get(problem.code, problem.code)
        if not problem.line:
            return text
        return self.env._("Line %(line)s: %(text)s", line=problem.line, text=text)
