from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ..adapters.base import (
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    StockLevel,
    Throttled,
)

#: Codes told in one call of the adapter.
CODES = 500
#: Rows of changed stock that one job takes.
CHANGES = 5000
#: How long a figure waits for orders that were not read yet.
PATIENCE = timedelta(minutes=15)
PATIENCE_SECONDS = 30


class OrderHubChannel(models.Model):
    """What a channel may sell: computed for all codes at once, told if different."""

    _inherit = "order.hub.channel"

    is_stock_sent = fields.Boolean(
        "Tell What Is in Stock",
        help="Tell the channel how many pieces it may sell, whenever that changes.",
    )
    stock_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "order_hub_channel_warehouse_rel",
        "channel_id",
        "warehouse_id",
        "Warehouses",
        check_company=True,
        help="What lies there is offered. Empty: in every warehouse of the company.",
    )
    stock_scope = fields.Selection(
        [
            ("mapped", "Products with a code of this channel"),
            ("all", "Every product that is sold and has a code"),
        ],
        "Which Products",
        default="mapped",
        required=True,
    )
    stock_buffer = fields.Float(
        "Keep Back (pieces)",
        help="So many pieces are never offered: what other channels may sell in the "
        "same minute.",
    )
    stock_buffer_percent = fields.Float(
        "Keep Back (%)", help="Share of what is there; the larger of both counts."
    )
    stock_ids = fields.One2many("order.hub.channel.stock", "channel_id", "Stock Told")

    _stock_buffer_range = models.Constraint(
        "CHECK(stock_buffer >= 0 AND stock_buffer_percent >= 0 "
        "AND stock_buffer_percent <= 100)",
        "What is kept back cannot be negative, nor more than 100 %.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {
            "is_stock_sent",
            "stock_warehouse_ids",
            "stock_scope",
            "stock_buffer",
            "stock_buffer_percent",
            "intake_state",
        } & set(vals):
            Dirty = self.env["order.hub.stock.dirty"]
            Dirty._mark_all(self.filtered(lambda c: c.id in Dirty._listening()))
        return result

    # === JOBS === #

    @api.model
    def _cron_stock(self):
        """Make a job for every channel with changed stock."""
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT channel_id FROM order_hub_stock_dirty")
        )
        self.sudo().browse(row[0] for row in rows)._delay_stock()

    @api.model
    def _cron_stock_all(self):
        """Look at every product again: nothing drifts for longer than a night."""
        listening = self.env["order.hub.stock.dirty"]._listening()
        self.env["order.hub.stock.dirty"]._mark_all(self.browse(listening))

    def action_send_stock(self):
        """Tell the channel everything it may sell, now, in a job."""
        self.check_access("write")
        self.env["order.hub.stock.dirty"]._mark_all(self)
        self.sudo()._delay_stock()
        return True

    def _delay_stock(self):
        for channel in self.sudo():
            channel.with_delay(
                description=f"Stock {channel.code}",
                identity_key=f"order_hub_stock_{channel.id}",
            )._job_stock()

    def _job_stock(self):
        """Tell the channel what has changed (a job; one transaction).

        Figures are absolute: a job that dies and runs again says the same.

        :return: a sentence for the list of jobs
        :raise RetryableJobError: the channel is busy or down
        """
        self.ensure_one()
        Dirty = self.env["order.hub.stock.dirty"].sudo()
        if self.id not in Dirty._listening():
            return self.env._("%s is not told what is in stock.", self.name)
        if not self._lock_stock():
            return self.env._("Another job tells %s its stock.", self.name)
        self._wait_for_unread()
        dirty_ids, product_ids = self._stock_changes()
        if not dirty_ids:
            return self.env._("Nothing has changed.")
        told = self._send_stock(self._stock_rows(product_ids))
        Dirty.env.cr.execute(
            SQL("DELETE FROM order_hub_stock_dirty WHERE id = ANY(%s)", dirty_ids)
        )
        return self.env._("%s codes told.", told)

    def _lock_stock(self):
        """One job at a time: an older figure must not follow a newer one."""
        [[is_ours]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", 7_310_977, self.id)
        )
        return is_ours

    def _wait_for_unread(self):
        """Orders that arrived and were not read yet may want the same pieces."""
        oldest = self.env["order.hub.stock.asked"]._unread(self.company_id)
        if oldest and fields.Datetime.now() - oldest < PATIENCE:
            raise RetryableJobError(
                self.env._("Orders that have just arrived are read first."),
                seconds=PATIENCE_SECONDS,
                ignore_retry=True,
            )

    def _stock_changes(self):
        """Return ids of the changes to work on, and products; ``None``: all."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, product_id FROM order_hub_stock_dirty
                    WHERE channel_id = %s ORDER BY id LIMIT %s""",
                self.id,
                CHANGES,
            )
        )
        products = {product for _id, product in rows}
        ids = [row_id for row_id, _product in rows]
        return ids, None if None in products else products

    # === TELL === #

    def _send_stock(self, rows):
        """Tell the channel the figures that differ from what it was told.

        :return: how many the channel took
        """
        Told = self.env["order.hub.channel.stock"].sudo()
        known = Told._told(self)
        different = [row for row in rows if known.get(row["sku"]) != row["quantity"]]
        count = 0
        for start in range(0, len(different), CODES):
            batch = different[start : start + CODES]
            errors = self._say_stock(batch)
            for row in batch:
                row["error"] = (errors.get(row["sku"]) or "")[:500]
                row["is_told"] = not row["error"]
                count += row["is_told"]
            Told._keep(self, batch)
        return count

    def _say_stock(self, rows):
        """Return ``{sku: what went wrong}`` after telling the adapter."""
        levels = [StockLevel(row["sku"], row["quantity"]) for row in rows]
        try:
            return self.sudo()._adapter().send_stock(levels)
        except (Throttled, ChannelDown) as error:
            seconds = getattr(error, "retry_after", None) or 120
            raise RetryableJobError(str(error), seconds=int(seconds)) from error
        except AuthenticationFailed as error:
            self._failed(error)
            return {row["sku"]: str(error) for row in rows}
        except AdapterError as error:
            return {row["sku"]: str(error) for row in rows}
