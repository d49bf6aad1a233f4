"""What an exception of the HTTP library means, and what to do about each kind of failure."""

import ssl
from collections.abc import Mapping

import httpx

from monitor.sources import Kind
from monitor.sources.answer import AnswerError

ADVICE: Mapping[Kind, str] = {
    "unreachable": "请检查网络、base_url 以及对方服务是否在运行",
    "timeout": "如经常发生，请调大 timeout_seconds 或调小 page_size",
    "tls": "请检查对方证书是否过期，其签发机构是否已装入本机的信任库",
    "redirect": "请核对 base_url，并确认没有经过需要登录的网关",
    "rate_limited": "请调大轮询间隔，或与平台方商定频率",
    "http_4xx": "请核对 base_url 和 tables 中的表名",
    "http_5xx": "下一轮会再试；如持续，请联系平台方",
    "too_large": "请调小 page_size",
    "login": "下一轮会再试；如持续，请核对令牌，并确认没有经过需要登录的网关",
    "code": "下一轮会再试；如持续，请把以上代码告知平台方",
    "cut": "下一轮会再试；如持续，请检查网络或调小 page_size",
    "not_json": "请核对 base_url 是否为数据接口的地址",
    "shape": "请把以上情况告知平台方，并核对接口版本与 paging 的设置",
    "repeat": "下一轮会从同一位置再试；如持续，请联系平台方",
    "empty": "下一轮会从同一位置再试；如持续，请联系平台方",
    "incomplete": "下一轮会从同一位置再试；如持续，请核对 paging 的 page、limit、total，或联系平台方",
    "vanished": "请向平台方核实该表的数据和账号的权限；台账保持原样，没有按全部办结处理",
    "internal": "请把日志中的技术细节交给开发者",
    "budget": "下一轮会从已保存的位置继续；如经常发生，请调大 budget_seconds",
}


def fault_of(error: httpx.HTTPError | httpx.InvalidURL) -> AnswerError:
    """The fault behind an exception of the HTTP library."""
    refused = _tls_error(error)
    if refused is not None:
        certificate = isinstance(refused, ssl.SSLCertVerificationError)
        what = "对方的证书未通过验证" if certificate else "无法建立加密连接"
        return AnswerError("tls", what, said=str(refused), permanent=certificate)
    if isinstance(error, httpx.TimeoutException):
        return AnswerError("timeout", "对方没有在规定时间内回答")
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return AnswerError("unreachable", "地址不合法", permanent=True)
    if isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError)):
        return AnswerError("cut", "回答在传输中断开或损坏", said=str(error))
    return AnswerError("unreachable", "连接不上对方", said=str(error))


def _tls_error(error: BaseException) -> ssl.SSLError | None:
    """The TLS failure in the chain of causes; httpx reports it as a failed connection."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause
