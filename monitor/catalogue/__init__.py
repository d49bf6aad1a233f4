"""The catalogue of matters: read from an export, compared, tried on the open items, written, shown."""
