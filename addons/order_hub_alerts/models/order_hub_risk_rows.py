"""Many values as parameters of one statement.

A list as psycopg2 sends it is an expression of ten thousand constants, which
PostgreSQL parses and plans one by one; one long text is read at once.
"""

from odoo.tools import SQL

#: Stands between values; in no number, moment or word, and JSON writes it ``\u001e``.
SEPARATOR = "\x1e"


def id_array(ids):
    """Return ids as an SQL array of integers."""
    return SQL("%s::int[]", f"{{{','.join(map(str, ids))}}}")


def arrays(columns, types):
    """Return columns as arguments of ``unnest``: one array a column.

    :param columns: values that need no quoting: numbers, moments, codes, JSON as text
        in ASCII; ``None`` becomes NULL
    :param str types: PostgreSQL types, separated by blanks
    """
    return SQL(", ").join(
        SQL(
            # the type is a name from our own code
            f"string_to_array(%s, %s, '')::{kind}[]",  # pylint: disable=sql-injection
            SEPARATOR.join(["" if value is None else str(value) for value in column]),
            SEPARATOR,
        )
        for column, kind in zip(columns, types.split(), strict=True)
    )
