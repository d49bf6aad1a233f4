"""Project codes: what the counter is told of codes that are missing or wrong, once a working day."""
