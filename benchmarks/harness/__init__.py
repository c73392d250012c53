"""What the benchmarks stand on: processes, databases, meters, the report."""
