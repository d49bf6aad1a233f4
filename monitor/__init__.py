"""The platform's records, the ledger, and what is late."""
