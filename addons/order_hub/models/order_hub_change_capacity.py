from odoo import api, fields, models
from odoo.tools import SQL

#: Work orders that still take time of a work centre.
WAITING = ("blocked", "ready", "progress")


class OrderHubChangeCapacity(models.AbstractModel):
    """Whether work centres have the hours for what a change adds.

    Hours wanted are the open work orders of a work centre and the operations of the
    added pieces; hours there are those of its calendar until the promise, times the
    places that work side by side.
    """

    _name = "order.hub.change.capacity"
    _description = "Capacity for Customer Changes"

    @api.model
    def _short(self, request, makes):
        """Return ``(hours lacking at the worst work centre, its name)``.

        :param request: an ``order.hub.change.request`` (sudo)
        :param makes: ``{product: quantity}`` to make in addition
        """
        wanted = self._wanted(request, makes)
        if not wanted:
            return 0.0, ""
        loads = self._loads(wanted)
        lacks = {
            place: loads.get(place.id, 0.0) + hours - self._there(request, place)
            for place, hours in wanted.items()
        }
        worst = max(lacks, key=lacks.get)
        return (round(lacks[worst], 1), worst.name) if lacks[worst] > 0 else (0.0, "")

    def _wanted(self, request, makes):
        """Return ``{work centre: hours}`` for making what is missing."""
        products = request.line_ids.product_id.browse([p.id for p in makes])
        boms = self.env["order.hub.supply"]._boms(products, request.company_id)
        wanted = {}
        for product, bom in boms.items():
            for operation in bom.operation_ids:
                place = operation.workcenter_id
                minutes = operation.time_cycle * makes[product] / (bom.product_qty or 1)
                wanted[place] = wanted.get(place, 0.0) + minutes / 60
        return wanted

    def _loads(self, places):
        """Return ``{work centre id: hours of open work orders}``, one query."""
        self.env["mrp.workorder"].flush_model(
            ["workcenter_id", "state", "duration_expected", "duration"]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT workcenter_id,
                          SUM(GREATEST(duration_expected - COALESCE(duration, 0), 0))
                     FROM mrp_workorder
                    WHERE workcenter_id = ANY(%s) AND state = ANY(%s)
                 GROUP BY workcenter_id""",
                [place.id for place in places],
                list(WAITING),
            )
        )
        return {place: float(minutes or 0.0) / 60 for place, minutes in rows}

    def _there(self, request, place):
        """Return the hours of a work centre from now to the promise."""
        now, until = fields.Datetime.now(), request._promise()
        if not until or until <= now or not place.resource_calendar_id:
            return 0.0
        zone = fields.Datetime.context_timestamp
        hours = place.resource_calendar_id.get_work_hours_count(
            zone(place, now), zone(place, until)
        )
        return hours * (place.time_efficiency or 100.0) / 100
