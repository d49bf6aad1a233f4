"""Reports: which period is owed when, made from the ledger as it was known at a moment, and sent."""
