from odoo.http import Controller, content_disposition, request, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OrderHubEcnReport(Controller):
    """Files about engineering changes, for those who may read the change."""

    @route("/hub/ecn/<int:ecn_id>/impact.xlsx", type="http", auth="user", readonly=True)
    def hub_ecn_impact(self, ecn_id, **_query):
        """Send the impact report as a workbook.

        A change that does not exist and one that the reader may not see look the
        same: not found.
        """
        ecn = request.env["order.hub.ecn"].browse(ecn_id)
        if not ecn.has_access("read") or not ecn.exists():
            raise request.not_found()
        workbook = request.env["order.hub.ecn.workbook"]
        content = workbook._workbook(ecn)
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                (
                    "Content-Disposition",
                    content_disposition(workbook._file_name(ecn)),
                ),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
