from odoo import api, models
from odoo.tools import SQL

from ..engine.hysteresis import ABOVE
from ..engine.subjects import SUBJECTS, parse_domain


class OrderHubWarningMeasure(models.AbstractModel):
    """Measures a rule: one SQL statement for all its records.

    ``_measure_<kind>(rule, now)`` returns a SELECT with the columns

    - ``res_id``: the record
    - ``company_id``: whose it is; NULL: nobody's
    - ``value``: what was measured; NULL: there is no data
    - ``since``: when it got beyond the threshold; NULL: nobody knows
    - ``figures``: jsonb, what the value is made of

    and one row for every record that is watched. What is common to all (the order
    behind a record, its group, and that only rows count that are not clear) is added
    by :meth:`_sql`. Moments are naive UTC. Nothing here obeys the rights of the user
    who asks: the cycle measures for everybody, and what it finds has a company.
    """

    _name = "order.hub.warning.measure"
    _description = "Warning Measure"

    @api.model
    def _rows(self, rule, now):
        """Return what a rule finds at a moment, in order of records.

        :param rule: one ``order.hub.warning.rule``
        :param now: naive UTC
        :return: list of tuples ``(res_id, order_id, company_id, value, since,
            figures as text, group_id)`` of every record that is not clear
        :raise psycopg2.Error, ValueError: the rule cannot be measured
        """
        statement = self._sql(rule, now)
        if not statement:
            return []
        self.env.flush_all()
        return self.env.execute_query(statement)

    @api.model
    def _sql(self, rule, now):
        """Return the statement of a rule; empty: there is nothing it could watch."""
        measured = getattr(self, f"_measure_{rule.kind}")(rule, now)
        if not measured:
            return SQL()
        return SQL(
            """SELECT found.res_id, %(order)s, found.company_id, found.value::float,
                      found.since, found.figures::text, %(group)s
                 FROM (%(measured)s) found
                WHERE %(not_clear)s
             ORDER BY found.res_id""",
            order=self._order_sql(rule),
            group=self._group_sql(rule),
            measured=measured,
            not_clear=self._not_clear_sql(rule),
        )

    # === WHAT COUNTS === #

    def _not_clear_sql(self, rule):
        """Rows beyond the clear threshold; unknown ones where a warning stands."""
        compare = SQL(">") if rule._direction() == ABOVE else SQL("<")
        return SQL(
            """(found.value %s %s OR found.value IS NULL AND EXISTS (
                   SELECT FROM order_hub_warning known
                    WHERE known.rule_id = %s AND known.res_id = found.res_id
                      AND known.state != 'resolved'))""",
            compare,
            rule._clear(),
            rule.id,
        )

    def _only(self, rule, record, company):
        """Return the condition of what a rule watches: its company and its domain.

        :param record: the column with the record's id
        :param company: the column with its company
        """
        conditions = [SQL("TRUE")]
        if rule.company_id:
            conditions.append(SQL("%s = %s", company, rule.company_id.id))
        if domain := parse_domain(rule.domain or "[]"):
            Model = self.env[rule.res_model].sudo()
            found = Model.with_context(lang=None)._search(domain)
            conditions.append(SQL("%s IN %s", record, found.subselect()))
        return SQL(" AND ").join(conditions)

    # === FROM A RECORD TO ITS ORDER AND GROUP === #

    def _order_sql(self, rule):
        """The order behind a record, as the white list says; NULL: there is none."""
        path = SUBJECTS[rule.res_model].order
        return self._path_sql(rule.res_model, SQL("found.res_id"), path)

    def _group_sql(self, rule):
        """The record by which warnings are told together; NULL: alone."""
        path = SUBJECTS[rule.res_model].groups.get(rule.group_by, "")
        return self._path_sql(rule.res_model, SQL("found.res_id"), path)

    def _path_sql(self, model, record, path):
        """Follow a path of stored relations; of several records the first counts.

        :param record: the column with the id of a record of the model
        """
        if not path:
            return SQL("NULL::int")
        if path == "id":
            return record
        step, _dot, rest = path.partition(".")
        field = self.env[model]._fields.get(step)
        if field is None:
            return SQL("NULL::int")
        if field.related and not field.store:
            whole = ".".join(filter(None, (field.related, rest)))
            return self._path_sql(model, record, whole)
        found = self._step_sql(self.env[model], field, record)
        return self._path_sql(field.comodel_name, found, rest) if rest else found

    def _step_sql(self, model, field, record):
        if field.type == "many2many" and field.store:
            return SQL(
                "(SELECT MIN(%s) FROM %s WHERE %s = %s)",
                SQL.identifier(field.column2),
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                record,
            )
        if field.type != "many2one" or not field.store:
            return SQL("NULL::int")
        return SQL(
            "(SELECT %s FROM %s step WHERE step.id = %s)",
            SQL.identifier("step", field.name),
            SQL.identifier(model._table),
            record,
        )

    # === A CONDITION THAT LASTS === #

    def _measure_domain(self, rule, now):
        """Every record in the domain; how long it stays there the cycle knows."""
        Model = self.env[rule.res_model].sudo().with_context(lang=None)
        found = Model._search(parse_domain(rule.domain or "[]"))
        record = SQL.identifier("watched", "id")
        company = self._path_sql(
            rule.res_model, record, SUBJECTS[rule.res_model].company
        )
        own = SQL("TRUE")
        if rule.company_id:
            own = SQL("%s = %s", company, rule.company_id.id)
        return SQL(
            """SELECT watched.id AS res_id, %s AS company_id, 1 AS value,
                      NULL::timestamp AS since, NULL::jsonb AS figures
                 FROM %s watched WHERE watched.id IN %s AND %s""",
            company,
            SQL.identifier(Model._table),
            found.subselect(),
            own,
        )
