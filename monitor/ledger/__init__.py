"""The ledger: tables, migrations, and the few ways they are written and read."""
