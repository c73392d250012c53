"""Databases of other systems, read and written through a mapping without code.

Plain Python on SQLAlchemy: no Odoo, no record, no "now" of its own. Names of tables
and columns come from the other database's own schema; what a person typed is only
looked up in it. Orders are read whole, in one snapshot; what is written is read again
before and after it is kept.
"""
