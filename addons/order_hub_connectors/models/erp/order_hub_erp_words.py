from odoo import models


class OrderHubErp(models.Model):
    """What is wrong with a connection, in the reader's language, with what to do."""

    _inherit = "order.hub.erp"

    def _error_words(self, error):
        """Return a sentence about an :class:`ErpError`."""
        words = {
            **self._link_words(),
            **self._address_words(),
            **self._size_words(),
            **self._folder_words(),
            **self._mapping_words(),
            **self._write_words(),
            **self._new_words(),
        }
        text = words.get(error.code)
        if not text:
            return f"{error.code} {error.figures.get('said', '')}".strip()
        figures = {name: str(value) for name, value in error.figures.items()}
        for name, value in figures.items():
            text = text.replace(f"%({name})s", value)
        return text

    def _link_words(self):
        return {
            "unknown_host": self.env._(
                "The name service does not know the server “%(host)s”. Check the name."
            ),
            "unreachable": self.env._(
                "The database does not answer: %(said)s It is tried again by itself."
            ),
            "too_slow": self.env._(
                "The database took more than %(seconds)s seconds. Read fewer orders at "
                "a time, or have an index put on the column that says when rows were "
                "changed. (%(said)s)"
            ),
            "denied": self.env._(
                "The database does not let us in, or not do this: %(said)s Check user "
                "and password, and what the user may read."
            ),
            "database": self.env._("The database says: %(said)s"),
            "no_driver": self.env._(
                "The Python package %(package)s for this database system is not "
                "installed on the server. Ask your administrator to install it."
            ),
            "read_only": self.env._(
                "The connection only reads. Switch “Only Read” off to write into "
                "%(database)s."
            ),
            "not_a_query": self.env._("A statement that is no query was stopped."),
        }

    def _address_words(self):
        return {
            "internal_address": self.env._(
                "The server “%(host)s” is inside the own network. An administrator "
                "may allow that on the connection."
            ),
            "own_database": self.env._(
                "“%(database)s” is the hub's own database. A connection never leads "
                "there."
            ),
            "own_server": self.env._(
                "“%(database)s” is on the database server of the hub itself. An "
                "administrator may allow that on the connection."
            ),
            "bad_host": self.env._(
                "“%(host)s” is no name or address of a server. Write one alone, "
                "without user, port, path or options."
            ),
            "bad_port": self.env._(
                "%(port)s is no port: 1 to 65535, or 0 for the usual one."
            ),
            "bad_database": self.env._("“%(database)s” is no name of a database."),
            "bad_driver": self.env._("“%(driver)s” is no name of an ODBC driver."),
            "unknown_dialect": self.env._(
                "Choose the database system of the connection."
            ),
        }

    def _size_words(self):
        return {
            "too_many_rows": self.env._(
                "More than %(limit)s rows came at once. Read fewer orders at a time."
            ),
            "too_many_bytes": self.env._(
                "More than %(limit)s bytes came at once. Read fewer orders at a time."
            ),
        }

    def _folder_words(self):
        return {
            "no_folder": self.env._(
                "The server's configuration names no folder for files "
                "(order_hub_erp_folder). Ask your administrator."
            ),
            "bad_folder": self.env._(
                "“%(name)s” is no folder below the one that the server allows. Use a "
                "simple name."
            ),
            "bad_file": self.env._("The file %(file)s cannot be read: %(said)s."),
        }

    def _mapping_words(self):
        return {
            "no_tables": self.env._(
                "Say which tables hold the orders, or begin with a preset."
            ),
            "too_large": self.env._(
                "At most %(tables)s tables with %(columns)s columns are read."
            ),
            "two_of_a_kind": self.env._(
                "There is one table of orders and one of their lines."
            ),
            "order_without_lines": self.env._(
                "Orders are read with their lines: name both tables."
            ),
            "line_parent": self.env._(
                "The lines in %(table)s must belong to the orders."
            ),
            "line_link": self.env._(
                "Say for %(table)s which columns are the same as the key of "
                "%(parent)s: all of the key, and nothing else."
            ),
            "no_key": self.env._("Say which column of %(table)s is its key."),
            "no_link": self.env._(
                "Say which table %(table)s belongs to, and which of its columns has "
                "the same value there."
            ),
            "circle": self.env._("Table %(table)s belongs to itself in a ring."),
            "no_target": self.env._(
                "Say which column of %(table)s fills “%(target)s”."
            ),
            "not_writable": self.env._(
                "%(table)s.%(column)s is not written: it is a key, a link, or not "
                "named as written in the mapping."
            ),
            "unknown_table": self.env._(
                "The other database has no table “%(table)s”, or the user may not see "
                "it."
            ),
            "unknown_column": self.env._(
                "Table %(table)s has no column “%(column)s” in the other database."
            ),
            "unknown_test": self.env._(
                "%(table)s.%(column)s has a test that is not known."
            ),
            "unknown_rule": self.env._(
                "%(table)s.%(column)s has a rule that is not known."
            ),
            "no_value": self.env._(
                "Give the value that %(table)s.%(column)s is tested with; for days a "
                "whole number."
            ),
            "bad_value": self.env._(
                "“%(value)s” does not fit the type of %(table)s.%(column)s."
            ),
            "bad_target": self.env._("%(column)s cannot fill “%(target)s”."),
            "same_columns": self.env._(
                "Two columns of the file %(table)s have the same name."
            ),
        }

    def _write_words(self):
        return {
            "gone": self.env._(
                "The order is not in %(table)s any more. Nothing was written."
            ),
            "several": self.env._(
                "Several rows of %(table)s have this key. Nothing was written."
            ),
            "changed_there": self.env._(
                "Somebody has changed %(column)s there: it is “%(found)s”, the hub "
                "knew “%(known)s”. Nothing was written."
            ),
            "differs": self.env._(
                "%(column)s read back as “%(found)s” in place of “%(wanted)s”. The "
                "writing was taken back."
            ),
            "changed_after": self.env._(
                "%(column)s was written as “%(wanted)s” and is “%(found)s” now: a "
                "trigger or a job of the other system has changed it. Look there."
            ),
            "too_long": self.env._(
                "%(column)s holds at most %(length)s characters. Nothing was written."
            ),
            "nothing": self.env._("There is nothing to write."),
        }

    def _new_words(self):
        return {
            "no_orders": self.env._(
                "Say which tables hold the orders and their lines first."
            ),
            "no_mark": self.env._(
                "Give a column of %(table)s that is written with the hub reference: by "
                "it orders that the hub has put in are known again."
            ),
            "counter_column": self.env._(
                "For %(table)s, which gives numbers out, name the one column that is "
                "the same as the number of the new row, and the column that finds its "
                "row, with “is” and a value."
            ),
            "no_counter": self.env._(
                "%(table)s has %(rows)s rows for the next number, not one. Nothing was "
                "written."
            ),
            "no_key_value": self.env._(
                "Nothing says which %(column)s a new row of %(table)s gets. Give it "
                "“In New Rows”, or name the table that gives its numbers out."
            ),
            "no_row": self.env._(
                "%(table)s has no row whose %(column)s is “%(value)s”. Enter it there, "
                "correct it here, or say in the words of the column what it is called "
                "there; then try again."
            ),
            "several_rows": self.env._(
                "Several rows of %(table)s have “%(value)s” as their %(column)s. "
                "Nothing was written."
            ),
            "number_taken": self.env._(
                "%(table)s has another order with the number %(number)s. Nothing was "
                "written."
            ),
            "refused_there": self.env._(
                "The database does not take the order: %(said)s Nothing was written."
            ),
            "no_lines": self.env._("The order has no lines with a product."),
            "not_confirmed": self.env._("Order %(number)s is not confirmed any more."),
        }

    def _refusal_words(self, code):
        """Return why one order was not taken this time."""
        return {
            "no_lines": self.env._("It has no lines yet; it is looked at again."),
            "ambiguous": self.env._(
                "A look-up gives several rows for it, or its key is not unique."
            ),
            "unsteady": self.env._("It was being changed while it was read."),
            "too_many_lines": self.env._("It has more lines than an order may have."),
            "lines_missing": self.env._(
                "Its lines do not add up to what it says; not whole."
            ),
            "no_number": self.env._("It has no number."),
        }.get(code, code)
