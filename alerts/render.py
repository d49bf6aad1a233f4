"""Mails from plain JSON: what the outbox kept becomes a subject, a text, a page and what is attached to it."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts import digest_book, digest_words, overview_words
from alerts.codes import book
from alerts.codes import words as code_words
from alerts.digest import Line
from alerts.report import charts, extract_mail, html, pdf, xlsx
from alerts.report.earlier import completed
from alerts.report.terms import stem
from alerts.templating import fill
from alerts.wording import FOOTER, clean, data_line, long_moment, moment, stale_warning

PDF, PNG = "application/pdf", "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; ``name`` is ASCII. One with a ``cid`` is a picture that the page shows by it.

    ``title``: what the mail calls it in words; files of one title are one thing in several forms.
    """

    name: str
    mime_type: str
    content: bytes
    cid: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as people see it: the text stands alone, the page shows the same."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()

    @property
    def page(self) -> str:
        """The page as a file that stands alone: the pictures that go with the mail are in it."""
        whole = self.html
        for picture in self.attachments:
            if picture.cid:
                data = b64encode(picture.content).decode()
                whole = whole.replace(f"cid:{picture.cid}", f"data:{picture.mime_type};base64,{data}")
        return whole


def render_digest(payload: Mapping[str, Any], lines: Sequence[Line] | None = None) -> Rendered:
    """The mail to one audience of one unit; ``lines``: those of the payload, where they have been read already.

    ``payload``: unit (None: not told), unit_name, audience (a Role's value), level (the worst), lines
    (``Line.to_json``), made_at and data_as_of (ISO moments; data_as_of None: no good poll yet), stale, dropped
    (sentences on what fell away when it was judged again), letters (what the letters that go with it are called). By
    the policy: most (how many lines are listed) and
    attach_list (when all of them go with it as a workbook).
    """
    listed = [Line.from_json(line) for line in payload["lines"]] if lines is None else lines
    view, book = digest_words.view(payload, listed), None
    if view["attached"]:
        book = Attachment(f"items-{view['day']}.xlsx", XLSX, digest_book.workbook(payload, listed))
    return Rendered(*fill("digest", view), (book,) if book else ())


def render_weekly(payload: Mapping[str, Any]) -> Rendered:
    """The report with its charts, its workbook and its print; ``payload`` is what ``report.rows.payload`` made."""
    whole = completed(payload)
    drawn = charts.charts(whole)
    name = f"approval-{stem(whole)}"
    pictures = (Attachment(f"{one.name}.png", PNG, one.png(), html.cid(whole, one)) for one in drawn)
    files = (
        Attachment(f"{name}.xlsx", XLSX, xlsx.workbook(whole)),
        Attachment(f"{name}.pdf", PDF, pdf.document(whole, drawn)),
    )
    return Rendered(*fill("weekly", html.view(whole, drawn)), (*pictures, *files))


def render_extract(payload: Mapping[str, Any]) -> Rendered:
    """A unit's own part of a report; ``payload`` is what ``report.extract.extract`` made."""
    return Rendered(*fill("extract", extract_mail.view(payload)))


def render_codes(payload: Mapping[str, Any]) -> Rendered:
    """The daily mail on project codes with its workbook; ``payload`` is what ``codes.plan`` queued."""
    view = code_words.view(payload)
    name = f"project-codes-{view['day']}.xlsx"
    return Rendered(*fill("codes", view), (Attachment(name, XLSX, book.workbook(payload)),))


def render_overview(payload: Mapping[str, Any]) -> Rendered:
    """The daily overview to the supervisor; ``payload`` is what ``overview.payload`` made."""
    return Rendered(*fill("overview", overview_words.view(payload)))


def render_operator(payload: Mapping[str, Any]) -> Rendered:
    """A mail to whoever runs the system; ``payload``: title, paragraphs, made_at (ISO moment).

    Line 1 is the data's moment where ``payload`` has data_as_of, else the moment the mail was made.
    """
    made_at, as_of = payload["made_at"], payload.get("data_as_of")
    view = {
        "data_line": data_line(as_of) if "data_as_of" in payload else f"系统状态截至 {long_moment(made_at)}",
        "warning": stale_warning(as_of, payload.get("stale", False), made_at),
        "title": clean(payload["title"], 80),
        "paragraphs": [clean(paragraph, 2000) for paragraph in payload["paragraphs"]],
        "made_at": long_moment(made_at),
        "day": moment(made_at).date().isoformat(),
        "footer": FOOTER[:1],
    }
    return Rendered(*fill("operator", view))
