"""A worker on a file of old orders, to be killed: see ``test_history_killed``.

Started as a process of its own; takes one argument, JSON with ``options`` (of Odoo),
``database``, ``file`` (id), ``piece`` (rows or orders of a commit) and ``pause``
(seconds before each commit, so that a kill meets it with something in hand).
"""

import json
import sys
import time
from unittest.mock import patch


def main(asked):
    import odoo.init  # noqa: F401  completes the package ``odoo``; goes first
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(asked["options"])
    registry = Registry(asked["database"])
    with registry.cursor() as cr:
        file = api.Environment(cr, SUPERUSER_ID, {})["order.hub.history.file"].browse(
            asked["file"]
        )
        with slowly(type(file), asked["piece"], asked["pause"]):
            file._job_work()


def slowly(model, piece, pause):
    """Return a patch: small pieces, and a while before each is stored.

    :param model: the class of the files
    """
    # pylint: disable-next=odoo-addons-relative-import
    from odoo.addons.order_hub_connectors.models.history import (
        order_hub_history_read,
        order_hub_history_take,
    )

    order_hub_history_read.HISTORY_CHUNK = piece
    order_hub_history_take.HISTORY_ORDERS = piece
    keep = model._commit_piece

    def wait_and_keep(file):
        file.env.flush_all()
        time.sleep(pause)
        keep(file)

    return patch.object(model, "_commit_piece", wait_and_keep)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
