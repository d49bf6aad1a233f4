"""The ledger of warnings (预警台账): one line a warning that was sent, and what became of it."""
