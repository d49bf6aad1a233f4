"""A heartbeat: one request to an address that somebody else watches, and raises an alarm when none comes."""

import ssl

import httpx

from monitor.sources.faults import fault_of

TIMEOUT_SECONDS = 10.0


def ping(url: str, *, transport: httpx.BaseTransport | None = None) -> str | None:
    """Asks for ``url`` once. None when it was taken, else why not (Chinese); the address, a secret, is never named."""
    verify = ssl.create_default_context() if transport is None else True
    try:
        with httpx.Client(transport=transport, verify=verify, timeout=TIMEOUT_SECONDS) as client:
            answer = client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return fault_of(error).what
    return None if answer.is_success else f"心跳服务回答 HTTP {answer.status_code}，请核对 [audit] 的心跳网址"
