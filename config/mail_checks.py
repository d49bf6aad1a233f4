"""Cross-checks on the mailbox that answers come to."""

from collections.abc import Iterator

from config.documents import Places
from config.problems import Problem
from config.settings import Settings
from config.units import UnitDirectory


def check_inbox(settings: Settings, places: Places) -> Iterator[Problem]:
    """Everything wrong in [inbox] by itself, the secret apart."""
    inbox, delivery = settings.inbox, settings.delivery
    if inbox.host is None:
        given = sorted(inbox.model_fields_set & {"username", "password_file", "ca_file", "security", "port"})
        if given:
            message = f"[inbox] 写了 {'、'.join(given)}，却没有 host，收件箱不会读取"
            yield places.warning("S022", ("inbox", given[0]), message, "补上 host，或删去这一节")
        return
    if inbox.username is None:
        yield places.error("S022", ("inbox", "host"), "[inbox] 有 host 却没有账号 username", '写上 username = "账号"')
    if inbox.processed_folder == inbox.folder:
        message = "processed_folder 与 folder 是同一个文件夹，读过的信移不走"
        yield places.error("S022", ("inbox", "processed_folder"), message, "改用另一个文件夹，或删去 processed_folder")
    if inbox.security == "none" and not inbox.is_loopback:
        message = 'IMAP 账号与密码会以明文经过网络（security = "none"，且不是本机）'
        yield places.warning("S023", ("inbox", "security"), message, 'security 改为 "tls" 或 "starttls"')
    answers_to = delivery.reply_to or delivery.sender
    # A login name that is an address is almost always the address of the mailbox.
    differs = answers_to and "@" in (inbox.username or "") and answers_to.lower() != (inbox.username or "").lower()
    if differs and not UnitDirectory.is_placeholder(answers_to or ""):
        message = f"回信地址是 {answers_to}，读取的却是 {inbox.username} 的邮箱，答复可能收不到"
        hint = "核对 delivery.reply_to 与 inbox.username；前者转发到后者时可不理会"
        yield places.warning("S022", ("inbox", "username"), message, hint)
