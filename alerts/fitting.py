"""Mails that are too large: what is left out so that they can go, and the sentence that says so. Pure."""

from dataclasses import replace

from alerts.render import Attachment, Rendered

BODY_END = "</body>"


def lighter(rendered: Rendered) -> tuple[Rendered, Attachment] | None:
    """The mail without its largest attachment, saying so in text and page, and what was left out.

    Pictures that the page shows stay as long as there is a file to leave out: they are told in words where they miss.
    None when nothing is attached: what is left is the mail itself.
    """
    if not rendered.attachments:
        return None
    files = [each for each in rendered.attachments if not each.cid]
    largest = max(files or rendered.attachments, key=lambda each: len(each.content))
    said = f"附件 {largest.name}（{kib(len(largest.content))} KiB）超过邮件大小的上限，没有随信发送；需要时请回信索取。"
    return replace(
        rendered,
        text=f"{rendered.text.rstrip()}\n\n{said}\n",
        html=_at_the_end(rendered.html, f'<p style="margin:16px">{said}</p>'),
        attachments=tuple(each for each in rendered.attachments if each is not largest),
    ), largest


def kib(size: int) -> int:
    """Bytes as KiB, rounded up."""
    return -(-size // 1024)


def _at_the_end(html: str, paragraph: str) -> str:
    # Names of attachments are of plain letters and digits alone (alerts.mime), so nothing needs escaping.
    head, end, tail = html.rpartition(BODY_END)
    return f"{head}{paragraph}{end}{tail}" if end else html + paragraph
