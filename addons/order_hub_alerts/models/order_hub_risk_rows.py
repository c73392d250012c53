"""Many values as parameters of one statement.

A list as psycopg2 sends it is an expression of ten thousand constants, which
PostgreSQL parses and plans one by one; one long text is read at once.
"""

from odoo.tools import SQL

#: Stands between values; in no number, moment or word, and JSON writes it ``\u001e``.
SEPARATOR = "\x1e"
#: Types of arrays by the type of what is in them.
ARRAYS = {
    "int": SQL("int[]"),
    "float8": SQL("float8[]"),
    "text": SQL("text[]"),
    "timestamp": SQL("timestamp[]"),
}


def id_array(ids):
    """Return ids as an SQL array of integers."""
    return SQL("%s::int[]", f"{{{','.join(map(str, ids))}}}")


def arrays(columns, types):
    """Return columns as arguments of ``unnest``: one array a column.

    :param columns: values that need no quoting: numbers, moments, codes, JSON as text
        in ASCII; ``None`` becomes NULL
    :param str types: names of PostgreSQL's types (``ARRAYS``), separated by blanks
    """
    return SQL(", ").join(
        SQL(
            "string_to_array(%s, %s, '')::%s",
            SEPARATOR.join(["" if value is None else str(value) for value in column]),
            SEPARATOR,
            ARRAYS[kind],
        )
        for column, kind in zip(columns, types.split(), strict=True)
    )
