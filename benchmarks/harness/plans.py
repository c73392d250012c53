"""How PostgreSQL reads: plans of the statements that were really sent."""


def explain(env, statements: list, table: str) -> list:
    """Return the plans of those statements that read a table.

    :param statements: whole SQL texts, as ``measure.recorded`` gives them
    :return: list of ``{"sql", "ms", "nodes"}``; a node is how the plan reads the
        table, e.g. ``Index Scan sale_order_pkey``
    """
    found = []
    for text in statements:
        if not text.lstrip().upper().startswith(("SELECT", "WITH")):
            continue
        if table not in text:
            continue
        env.cr.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + text.replace("%", "%%"))
        [plan] = env.cr.fetchone()[0]
        found.append(
            {
                "sql": " ".join(text.split())[:300],
                "ms": plan["Execution Time"],
                "nodes": sorted(set(_nodes(plan["Plan"], table))),
            }
        )
    return found


def _nodes(plan: dict, table: str):
    index = plan.get("Index Name", "")
    if plan.get("Relation Name") == table:
        yield f"{plan['Node Type']} {index}".strip()
    for child in plan.get("Plans", ()):
        yield from _nodes(child, table)


def whole_scans(plans: list) -> list:
    """Return the statements among plans that go through the whole table."""
    return [
        plan["sql"]
        for plan in plans
        if any(node.startswith("Seq Scan") for node in plan["nodes"])
    ]
