"""The gate: criteria of a policy held against evidence, by one evaluator. It measures nothing."""
