"""Odoo's command line as a file.

A server with worker processes starts its event process by the file that it was
started with itself. ``python -m odoo`` is no such file: the event process dies at
once, is started again at once, and takes a good part of a processor for nothing.
"""

import odoo.cli

odoo.cli.main()
