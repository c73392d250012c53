"""Plain Python: what the hub decides, without a database.

``reference``  hub references: made, checked, read from what people type
``flow``       paths through the stages of a flow
``gates``      figures against limits
``explosion``  components of a multi-level bill of materials
"""
