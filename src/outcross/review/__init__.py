"""Labels and those who give them: drawing samples, planting gold, agreement, flags, exchange. It stores nothing."""
