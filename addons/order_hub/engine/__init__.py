"""Plain Python: what the hub decides, without a database.

``reference``  hub references: made, checked, read from what people type
``flow``       paths through the stages of a flow
``gates``      figures against limits
``routing``    routing rules against the facts of an order
``rule_check`` mistakes in a rule set
``assign``     who gets the next order
``plain``      answers that every protocol can carry
``explosion``  components of a multi-level bill of materials
``bom``        a multi-level bill of materials with operations, cost, lead time
``bom_diff``   what differs between two of them; changes put on a newer one
"""
