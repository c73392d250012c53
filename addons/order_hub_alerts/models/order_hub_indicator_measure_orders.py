from odoo import models
from odoo.tools import SQL


class OrderHubIndicatorMeasure(models.AbstractModel):
    """Orders: on time, how long, how many, worth what."""

    _inherit = "order.hub.indicator.measure"

    def _arrived(self):
        """Orders handed over in the window: when the customer first had the goods.

        That is the first stage *delivered* of the flow, or *shipped* where a flow
        has no such stage.
        """
        return SQL(
            """arrival AS (
                SELECT stage.id FROM order_hub_stage stage
                 WHERE stage.milestone = 'delivered'
                    OR stage.milestone = 'shipped' AND NOT EXISTS (
                       SELECT FROM order_hub_stage other
                        WHERE other.flow_id = stage.flow_id
                          AND other.milestone = 'delivered' AND other.active)),
            arrived AS (
                SELECT event.order_id, min(event.date) AS at
                  FROM period
                  JOIN order_hub_stage_event event
                       ON event.company_id = period.company_id
                      AND event.stage_id IN (SELECT id FROM arrival)
                      AND %s
                 WHERE event.order_id IS NOT NULL AND NOT EXISTS (
                       SELECT FROM order_hub_stage_event earlier
                        WHERE earlier.order_id = event.order_id
                          AND earlier.date < period.since
                          AND earlier.stage_id IN (SELECT id FROM arrival))
              GROUP BY event.order_id)""",
            self._in_period("event.date"),
        )

    def _by_type(self):
        """Dimension and label: the order type, to be joined as ``type``."""
        return SQL(
            "'order.hub.order.type,' || type.id AS dimension, %s AS label",
            self._text(SQL("type.name")),
        )

    # === ON TIME === #

    def _on_time(self, promise, join=None):
        return SQL(
            """WITH %s
            SELECT period.company_id, o.id AS res_id, %s,
                   (%s <= %s)::int AS part, 1 AS whole
              FROM arrived
              JOIN sale_order o ON o.id = arrived.order_id
              JOIN period ON period.company_id = o.company_id
         LEFT JOIN order_hub_order_type type ON type.id = o.hub_order_type_id
                   %s
             WHERE %s IS NOT NULL""",
            self._arrived(),
            self._by_type(),
            self._local_day(SQL("arrived.at")),
            self._local_day(promise),
            join or SQL(),
            promise,
        )

    def _rows_on_time_last(self):
        return self._on_time(SQL("o.hub_promised_date"))

    def _rows_on_time_first(self):
        return self._on_time(
            SQL("COALESCE(first.promised, o.hub_promised_date)"),
            SQL(
                """LEFT JOIN LATERAL (
                    SELECT version.promised_date AS promised
                      FROM order_hub_order_version version
                     WHERE version.order_id = o.id
                       AND version.promised_date IS NOT NULL
                  ORDER BY version.number LIMIT 1) first ON true"""
            ),
        )

    def _rows_lead_time(self):
        return SQL(
            """WITH %s
            SELECT period.company_id, o.id AS res_id, %s,
                   %s / 24 AS part, 1 AS whole
              FROM arrived
              JOIN sale_order o ON o.id = arrived.order_id
              JOIN period ON period.company_id = o.company_id
         LEFT JOIN order_hub_order_type type ON type.id = o.hub_order_type_id""",
            self._arrived(),
            self._by_type(),
            self._hours("o.create_date", "arrived.at"),
        )

    # === STAGES === #

    def _left_stages(self, part, where=None):
        """Stages that orders left in the window; ``event.duration`` is in hours."""
        return SQL(
            """SELECT period.company_id, event.id AS res_id,
                      'order.hub.stage,' || stage.id AS dimension,
                      %s || ': ' || %s AS label, %s AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_stage_event event
                      ON event.company_id = period.company_id AND %s
                 JOIN order_hub_stage stage ON stage.id = event.from_stage_id
                 JOIN order_hub_flow flow ON flow.id = stage.flow_id
                WHERE event.duration IS NOT NULL %s""",
            self._text(SQL("flow.name")),
            self._text(SQL("stage.name")),
            part,
            self._in_period("event.date"),
            where or SQL(),
        )

    def _rows_stage_hours(self):
        return self._left_stages(SQL("event.duration"))

    def _rows_stage_overdue(self):
        return self._left_stages(
            SQL("(event.duration > stage.time_limit)::int"),
            SQL("AND stage.time_limit > 0"),
        )

    # === OPEN ORDERS, NOW === #

    def _open_orders(self, part, whole=None):
        return SQL(
            """SELECT period.company_id, o.id AS res_id,
                      'order.hub.stage,' || stage.id AS dimension,
                      %s || ': ' || %s AS label, %s AS part, %s AS whole
                 FROM period
                 JOIN sale_order o ON o.company_id = period.company_id
                      AND o.hub_is_open IS TRUE
                 JOIN order_hub_stage stage ON stage.id = o.hub_stage_id
                 JOIN order_hub_flow flow ON flow.id = stage.flow_id""",
            self._text(SQL("flow.name")),
            self._text(SQL("stage.name")),
            part,
            whole or SQL("1"),
        )

    def _rows_overdue_open(self):
        return self._open_orders(
            SQL("COALESCE(o.hub_stage_deadline < period.until, false)::int")
        )

    def _rows_held_open(self):
        return self._open_orders(SQL("COALESCE(o.hub_is_held, false)::int"))

    def _rows_backlog_age(self):
        return self._open_orders(
            SQL("%s / 24", self._hours("o.create_date", "period.until"))
        )

    def _rows_backlog_value(self):
        return self._open_orders(SQL("o.amount_untaxed / %s", self._rate()))

    # === INTAKE AND MONEY === #

    def _rate(self):
        """Units of the order's currency for one of the company's."""
        return SQL("COALESCE(NULLIF(o.currency_rate, 0), 1)")

    def _orders_of(self, column, part, whole=None, where=None):
        """Orders of the window by a moment of theirs, split by type."""
        return SQL(
            """SELECT period.company_id, o.id AS res_id, %s,
                      %s AS part, %s AS whole
                 FROM period
                 JOIN sale_order o ON o.company_id = period.company_id AND %s
            LEFT JOIN order_hub_order_type type ON type.id = o.hub_order_type_id
                WHERE o.state <> 'cancel' AND o.hub_is_history IS NOT TRUE %s""",
            self._by_type(),
            part,
            whole or SQL("1"),
            self._in_period(column),
            where or SQL(),
        )

    def _rows_orders_entered(self):
        return self._orders_of("o.create_date", SQL("1"))

    def _rows_orders_value(self):
        return self._orders_of(
            "o.date_order",
            SQL("o.amount_untaxed / %s", self._rate()),
            where=SQL("AND o.state = 'sale'"),
        )

    def _rows_promise_moves(self):
        """Versions of accepted orders that promise another day than the one before."""
        return SQL(
            """SELECT period.company_id, version.id AS res_id, %s,
                      1 AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_order_version version
                      ON version.company_id = period.company_id AND %s
                 JOIN order_hub_order_version former
                      ON former.order_id = version.order_id
                     AND former.number = version.number - 1
                 JOIN sale_order o ON o.id = version.order_id
            LEFT JOIN order_hub_order_type type ON type.id = o.hub_order_type_id
                WHERE former.promised_date IS NOT NULL
                  AND version.promised_date IS DISTINCT FROM former.promised_date""",
            self._by_type(),
            self._in_period("version.made_at"),
        )

    def _rows_margin(self):
        """Sales less today's cost; lines of products without a cost are left out."""
        return SQL(
            """SELECT period.company_id, o.id AS res_id, %s,
                      line.amount - line.cost AS part, line.amount AS whole
                 FROM period
                 JOIN sale_order o ON o.company_id = period.company_id
                      AND o.state = 'sale' AND o.hub_is_history IS NOT TRUE AND %s
                 JOIN LATERAL (
                      SELECT sum(line.price_subtotal) / %s AS amount,
                             sum(line.product_uom_qty * sold.factor / kept.factor
                                 * known.cost) AS cost
                        FROM sale_order_line line
                        JOIN product_product product ON product.id = line.product_id
                        JOIN product_template template
                             ON template.id = product.product_tmpl_id
                        JOIN uom_uom sold ON sold.id = line.product_uom_id
                        JOIN uom_uom kept ON kept.id = template.uom_id
                  CROSS JOIN LATERAL (
                        SELECT (product.standard_price
                                ->> period.company_id::text)::float AS cost) known
                       WHERE line.order_id = o.id AND line.display_type IS NULL
                         AND known.cost > 0) line ON line.amount > 0
            LEFT JOIN order_hub_order_type type ON type.id = o.hub_order_type_id""",
            self._by_type(),
            self._in_period("o.date_order"),
            self._rate(),
        )

    def _rows_credit_used(self):
        return SQL(
            """SELECT period.company_id, credit.id AS res_id,
                      'res.partner,' || partner.id AS dimension,
                      partner.complete_name AS label,
                      credit.exposure AS part, credit.credit_limit AS whole
                 FROM period
                 JOIN order_hub_credit credit USING (company_id)
                 JOIN res_partner partner ON partner.id = credit.partner_id
                WHERE credit.credit_limit > 0"""
        )

    def _rows_freight_share(self):
        """What carriers took for the orders handed over, against what these bring."""
        return SQL(
            """WITH %s
            SELECT period.company_id, o.id AS res_id,
                   'delivery.carrier,' || freight.carrier_id AS dimension,
                   %s AS label, freight.price AS part,
                   o.amount_untaxed / %s AS whole
              FROM arrived
              JOIN sale_order o ON o.id = arrived.order_id
              JOIN period ON period.company_id = o.company_id
              JOIN LATERAL (
                   SELECT sum(picking.carrier_price) AS price,
                          max(picking.carrier_id) AS carrier_id
                     FROM stock_picking picking
                    WHERE picking.sale_id = o.id AND picking.state = 'done')
                   freight ON freight.price > 0
         LEFT JOIN delivery_carrier carrier ON carrier.id = freight.carrier_id""",
            self._arrived(),
            self._text(SQL("carrier.name")),
            self._rate(),
        )
