"""The synthetic share on a ladder of assumptions: estimators over counts and labels, and the record of the four rungs."""
