"""Order Hub's set-up and daily commands; ``make help`` lists them.

Everything generated lives in ``.platform`` (git-ignored); downloads are kept in
``~/.cache/order_hub`` for the next clone. A step that is done is skipped, one
that was interrupted is done again.

Environment:

``ODOO_HOME``       a folder with an Odoo 19 of your own (the package ``odoo`` in
                    it); nothing is downloaded
``ODOO_PYTHON``     the interpreter that runs it (default: a virtual environment
                    with requirements.txt)
``DATABASE_URL``    a PostgreSQL of your own, ``postgresql://user:password@host:port``
                    (or PGHOST, PGPORT, PGUSER, PGPASSWORD); no private cluster is made
``PYTHON``          the Python 3.10 to 3.13 that makes the virtual environment
``PORT``, ``HOST``  where ``run`` listens (default: 8069 or the next free port, on
                    127.0.0.1)
``DB``              the database of run, shell, psql (default: order_hub)
``FRESH=1``         ``run`` makes that database anew
``ARGS``            ``test``: pytest's arguments; ``odoo``: Odoo's arguments
``FAST=1``          ``test`` keeps the prepared database though code changed: right
                    after changes inside of methods only
``FIX=1``           ``lint`` repairs what its tools can repair
``ONLY``, ``FULL``  ``bench``: one benchmark, full sizes
``ORDER_HUB_DEBUG=1``  show tracebacks and details
"""

import sys

if sys.version_info < (3, 10) or sys.version_info >= (3, 14):
    sys.exit(
        "order_hub: Odoo 19 needs Python 3.10 to 3.13, and this is {}.{}; name "
        "another one with PYTHON=/path/to/python.".format(*sys.version_info)
    )

from platform_kit import commands

if __name__ == "__main__":
    commands.main(sys.argv[1:])
