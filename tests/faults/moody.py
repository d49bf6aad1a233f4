"""A relay in a thread of its own whose mood a story sets: it keeps what it takes, and says what it is told to."""

from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.demo.catcher import Catcher

PUT_OFF = "451 4.3.0 try again later"
OK = "250 OK"


class MoodyRelay(Catcher):
    """``greets``: takes connections at all; ``says`` is its answer to a text, None for hanging up with the text taken.

    ``one_mail``: it ends each connection after its first mail.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.greets, self.one_mail = True, False
        self.says: str | None = OK
        self.asked = 0

    def _session(self) -> SMTP:
        session = SMTP(_Handler(self), hostname="moody.example", enable_SMTPUTF8=True)
        self._sessions.add(session)
        return session

    def take(self, envelope: Envelope) -> None:
        """Keeps a mail."""
        self._keep(envelope)


class _Handler:
    def __init__(self, relay: MoodyRelay) -> None:
        self._relay = relay

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not self._relay.greets:
            _hang_up(server)
            return "421 4.3.2 not now"
        envelope.mail_from = address
        return OK

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self._relay.asked += 1
        says = self._relay.says
        if says is None or says == OK:
            self._relay.take(envelope)
        if says is None or self._relay.one_mail:
            # Hung up at once the answer is lost; after it, the next command is.
            _hang_up(server) if says is None else server.loop.call_soon(_hang_up, server)
        return says or OK


def _hang_up(server: SMTP) -> None:
    if server.transport is not None:
        server.transport.close()
