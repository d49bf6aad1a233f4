"""What the owner decided: where things are, limits and ladder, the units, the matters, the days off.

Everything is read from one folder of TOML files by ``config.load.load`` and handed on as one frozen ``Config``.
The package knows neither the platform, nor the ledger, nor any mail: ``monitor`` and ``alerts`` import it, never the
other way round.

The way in::

    load:  read TOML with line numbers | environment overrides | validate | secrets | calendar | cross-checks
    init:  write the commented default files, never over an existing one

Every option is documented where it is declared (``Field(description=…)``); ``config.reference`` makes the reference
manual from the same declarations. Every mistake is a ``Problem`` with a code, a file:line, a message and a hint, all of
them are collected, and no message ever carries the value of a secret.
"""
