"""Made-up structures for property-based tests."""

from dataclasses import replace

from hypothesis import strategies as st

from ..engine.bom import Line, Node, Operation

quantities = st.integers(1, 8).map(lambda number: number / 4)


@st.composite
def operations(draw):
    """A few steps; each may wait for those before it."""
    names = draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=3))
    steps = []
    for number, name in enumerate(names):
        before = [step.key for step in steps if draw(st.booleans())]
        steps.append(
            Operation(
                key=name,
                name=name.upper(),
                workcenter=draw(st.integers(1, 2)),
                workcenter_name="W",
                minutes=draw(quantities),
                sequence=number,
                cost_hour=60.0,
                after=tuple(before),
            )
        )
    return tuple(steps)


@st.composite
def lines(draw, steps, depth):
    """Components by product; made ones have a node below."""
    products = draw(st.lists(st.integers(2, 6), unique=True, max_size=3))
    keys = [step.key for step in steps]
    return tuple(
        Line(
            key=str(product),
            product=product,
            code=f"P{product}",
            name=f"Part {product}",
            quantity=(quantity := draw(quantities)),
            unit=1,
            unit_name="Units",
            own_quantity=quantity,
            operation=draw(st.sampled_from(["", *keys])),
            cost=draw(quantities),
            child=draw(st.none() | nodes(depth - 1, product * 10)) if depth else None,
        )
        for product in products
    )


@st.composite
def nodes(draw, depth=2, product=1):
    """A structure of up to ``depth`` levels below the root."""
    steps = draw(operations())
    quantity = draw(quantities)
    return Node(
        product=product,
        code=f"P{product}",
        name=f"Product {product}",
        bom=draw(st.integers(1, 3)),
        kind="normal",
        revision=draw(st.integers(1, 3)),
        label="A",
        quantity=quantity,
        unit=1,
        unit_name="Units",
        lead_days=draw(st.integers(0, 5)),
        lines=draw(lines(steps, depth)),
        operations=steps,
        byproducts=draw(lines(steps, 0)),
        own_quantity=quantity,
    )


def renamed(node):
    """Return the same content with other names, costs, numbers and row order."""
    return replace(
        node,
        name=node.name + "'",
        bom=node.bom + 100,
        revision=node.revision + 1,
        label="Z",
        lead_days=node.lead_days + 1,
        lines=tuple(
            replace(
                line,
                name=line.name + "'",
                cost=line.cost + 1,
                child=line.child and renamed(line.child),
            )
            for line in reversed(node.lines)
        ),
        operations=tuple(
            replace(step, workcenter_name="other", cost_hour=1.0, sequence=9)
            for step in node.operations
        ),
    )


@st.composite
def edited(draw, node):
    """The node after one or two edits, on any level."""
    for _edit in range(draw(st.integers(0, 2))):
        node = draw(_edits(node))
    return node


@st.composite
def _edits(draw, node):
    made = [place for place, line in enumerate(node.lines) if line.child]
    if made and draw(st.booleans()):
        place = draw(st.sampled_from(made))
        below = draw(_edits(node.lines[place].child))
        return _with_line(node, place, child=below)
    kind = draw(st.sampled_from(["quantity", "drop", "add", "step", "drop step"]))
    place = draw(st.integers(0, 5))
    if kind == "add":
        return replace(node, lines=(*node.lines, draw(_new_line(node))))
    if kind == "quantity" and place < len(node.lines):
        return _with_line(node, place, quantity=draw(quantities))
    if kind == "drop":
        return replace(node, lines=node.lines[:place] + node.lines[place + 1 :])
    if kind == "step" and place < len(node.operations):
        step = replace(node.operations[place], minutes=draw(quantities))
        steps = node.operations
        return replace(node, operations=(*steps[:place], step, *steps[place + 1 :]))
    if kind == "drop step" and place < len(node.operations):
        return _without_step(node, node.operations[place].key)
    return replace(node, lead_days=draw(st.integers(0, 9)))


@st.composite
def _new_line(draw, node):
    """A component that is not in the node yet; two of them may be the same."""
    taken = {line.product for line in node.lines}
    free = [number for number in range(2, 12) if number not in taken]
    product, quantity = draw(st.sampled_from(free)), draw(quantities)
    return Line(str(product), product, "", "New", quantity, 1, "Units", quantity)


def _with_line(node, place, **values):
    line = replace(node.lines[place], **values)
    return replace(node, lines=(*node.lines[:place], line, *node.lines[place + 1 :]))


def _without_step(node, key):
    def free(line):
        return replace(line, operation="") if line.operation == key else line

    return replace(
        node,
        lines=tuple(map(free, node.lines)),
        byproducts=tuple(map(free, node.byproducts)),
        operations=tuple(
            replace(step, after=tuple(other for other in step.after if other != key))
            for step in node.operations
            if step.key != key
        ),
    )


@st.composite
def versions(draw):
    """A structure and two edited copies of it."""
    base = draw(nodes())
    return base, draw(edited(base)), draw(edited(base))
