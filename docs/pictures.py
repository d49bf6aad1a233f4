"""Makes the pictures of the documentation anew: python docs/pictures.py

demo | mails, ledger, workbook as they come out of it | Chromium, LibreOffice, pdftoppm | docs/images/*.png
demo's ledger under a ladder of three steps to heads and leaders | plan --dry-run | summary and long list

Needs what the documentation's readers do not: chromium, soffice and pdftoppm, and a Chinese font that also has a
fixed-width form (Noto Sans Mono CJK SC).
"""

import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email import policy as email_policy
from email.message import EmailMessage
from pathlib import Path

import picture_reports
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from monitor.demo.catcher import html_of

IMAGES = Path(__file__).parent / "images"
COMMAND = str(Path(sys.executable).parent / "approval-monitor")
CHROMIUM = (
    "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
DARK = ("--blink-settings=preferredColorScheme=0",)
LAST_MOMENT = "2026-10-15 15:30"
TERMINAL_WIDTH = 130
LEDGER_LINES = 26
MAILS: tuple[tuple[str, str, int], ...] = (
    ("red-card", "2026-10-14_区发展改革委_主要领导", 820),
    ("reminder", "2026-10-14_区水务局_经办人", 820),
    ("reminder-dark", "2026-10-14_区水务局_经办人", 820),
    ("yellow-card", "2026-10-13_市规划自然资源委怀柔分局_科室负责人", 820),
    ("yellow-card-phone", "2026-10-13_市规划自然资源委怀柔分局_分管领导", 500),
    ("unassigned", "2026-10-08_未匹配单位_督办专员", 820),
    ("operator", "2026-09-28_系统运维_通报", 820),
    ("overview", "2026-10-14_督办日报_督办专员", 820),
    ("weekly", "2026-10-12_逾期周报_通报", 820),
    ("weekly-phone", "2026-10-12_逾期周报_通报", 500),
    ("project-codes", "2026-10-15_项目代码核验_综合窗口", 820),
)
"""Name of the picture (ending in "-dark": of a dark screen), how the mail's file name begins, width of the window in
pixels."""
SUMMARY_LADDER = """
[[ladder]]
name = "picture-near"
clock = "promised"
at = -8
level = "reminder"
to = ["section_head", "principal"]

[[ladder]]
name = "picture-yellow"
clock = "promised"
at = 1
level = "yellow_card"
to = ["section_head", "principal"]

[[ladder]]
name = "picture-red"
clock = "promised"
at = 5
level = "red_card"
to = ["section_head", "principal"]
"""
"""Steps whose names no mail of the demonstration was sent under, so that all that is due is told once more."""
SUMMARY_LINES = 4
SUMMARIES = (
    ("leader-summary", "principal@zjw.example", 820),
    ("leader-summary-phone-dark", "principal@zjw.example", 500),
    ("long-list", "section-head@zjw.example", 820),
)
"""Name of the picture, whom the mail is to, width of the window."""
TALLEST = 1500
FRAME = """<!doctype html><meta charset="utf-8"><style>body { margin: 0; background: #888; }
iframe { display: block; width: 390px; height: HEIGHTpx; margin: 0 auto; border: 0; }</style>
<iframe src="PAGE"></iframe>"""
PALETTE = TerminalTheme(
    (30, 34, 40), (216, 220, 226),
    [(30, 34, 40), (222, 62, 60), (92, 184, 92), (224, 196, 60), (86, 156, 214), (197, 134, 192), (78, 201, 176),
     (216, 220, 226)],
)  # fmt: skip
TERMINAL = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>ledger</title><style>
body { margin: 0; background: #1e2228; }
pre { margin: 0; padding: 18px 22px; font: 15px/1.45 "Noto Sans Mono CJK SC"; color: #d8dce2;
  text-spacing-trim: space-all; }
b { display: inline-block; height: 1.45em; vertical-align: top; overflow: hidden; font-weight: inherit; }
b.a { font-family: "DejaVu Sans Mono"; font-size: 12.45px; line-height: 1.75; height: 1.75em; }
</style><pre>"""


def main() -> None:
    """All pictures, each overwritten."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = folder / "demo"
        _run(COMMAND, "demo", "--dir", str(demo))
        for picture, beginning, width in MAILS:
            page = next(demo.glob(f"mails/{beginning}*.html"))
            _shoot(page, picture, width, folder)
        _ledger(demo, folder)
        _summaries(demo, folder)
        _workbook((demo / "台账.xlsx").read_bytes(), "ledger-workbook", folder)
        picture_reports.make(demo / "weekly", IMAGES, folder)
    for path in sorted(IMAGES.glob("*.png")):
        sys.stdout.write(f"{path.relative_to(IMAGES.parent)}  {path.stat().st_size // 1024} KB\n")


def _run(*command: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)  # noqa: S603
    return done.stdout


def _chromium(folder: Path, *arguments: str) -> str:
    with tempfile.TemporaryDirectory(dir=folder) as profile:
        return _run(*CHROMIUM, f"--user-data-dir={profile}", *arguments)


def _shoot(page: Path, picture: str, width: int, folder: Path) -> None:
    """A picture of the whole page, or of its beginning when it is taller than a reader would scroll."""
    if width == 500:  # the narrowest window of the browser: a telephone is shown inside it
        height = min(TALLEST, _height(page, 390, folder))
        framed = folder / f"{picture}.html"
        framed.write_text(FRAME.replace("PAGE", page.as_uri()).replace("HEIGHT", str(height)), encoding="utf-8")
        page = framed
    else:
        height = min(TALLEST, _height(page, width, folder))
    dark = DARK if picture.endswith("-dark") else ()
    _chromium(folder, *dark, f"--window-size={width},{height}", f"--screenshot={IMAGES / picture}.png", page.as_uri())


def _height(page: Path, width: int, folder: Path) -> int:
    """How tall the page is at ``width`` pixels, asked of the browser itself."""
    asking = folder / "asking.html"
    asking.write_text(
        f'<!doctype html><iframe id="f" style="width:{width}px;height:100px;border:0" src="{page.as_uri()}"></iframe>'
        '<script>f.onload = () => { document.title = "h" + f.contentDocument.documentElement.scrollHeight }</script>',
        encoding="utf-8",
    )
    said = _chromium(folder, "--allow-file-access-from-files", "--dump-dom", asking.as_uri())
    found = re.search(r"<title>h(\d+)</title>", said)
    if not found:
        raise RuntimeError(f"the browser did not tell the height of {page}")
    return int(found[1])


def _ledger(demo: Path, folder: Path) -> None:
    """The first lines and the totals of the ledger as the terminal shows them."""
    _run(COMMAND, "init", str(folder / "config"))
    env = _environment(demo) | {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(TERMINAL_WIDTH)}
    said = _run(COMMAND, "--config", str(folder / "config"), "--now", LAST_MOMENT, "ledger", env=env).splitlines()
    lines = ["\x1b[32m$\x1b[0m approval-monitor ledger", *said[:LEDGER_LINES], "……", *said[-1:]]
    page = folder / "ledger.html"
    page.write_text(TERMINAL + "\n".join("".join(_cells(line)) for line in lines) + "</pre></html>", encoding="utf-8")
    width = round(TERMINAL_WIDTH * 7.5) + 44
    _chromium(
        folder, f"--window-size={width},{_height(page, width, folder)}", f"--screenshot={IMAGES / 'ledger.png'}",
        page.as_uri(),
    )  # fmt: skip


def _cells(line: str) -> Iterator[str]:
    """A line of a terminal as HTML in which every character stands in its column, whatever the fonts think."""
    console = Console(width=TERMINAL_WIDTH, file=open(os.devnull, "w"), color_system="truecolor")  # noqa: SIM115
    for segment in Text.from_ansi(line).render(console):
        for run in re.findall(r"[ -~]+|[─…—]+|[^ -~─…—]+", segment.text):
            kind = ' class="a"' if run[0] in "─…—" else ""
            room = cell_len(run) * 7.5
            yield f'<b{kind} style="width:{room}px{_css(segment.style)}">{html.escape(run)}</b>'


def _css(style: Style | None) -> str:
    if style is None:
        return ""
    ink = style.color.get_truecolor(PALETTE).hex if style.color and not style.color.is_default else ""
    paper = style.bgcolor.get_truecolor(PALETTE).hex if style.bgcolor and not style.bgcolor.is_default else ""
    return (
        (f";color:{ink}" if ink else "")
        + (f";background:{paper}" if paper else "")
        + (";font-weight:bold" if style.bold else "")
    )


def _environment(demo: Path) -> dict[str, str]:
    """What makes a command work on the ledger of the demonstration."""
    return os.environ | {
        "APPROVAL_MONITOR__DATA_DIR": str(demo / "data"),
        "APPROVAL_MONITOR__SOURCES__CITY__DOCUMENTS_SINCE": "2026-09-01",
    }


def _summaries(demo: Path, folder: Path) -> None:
    """A leader's summary, and a long list with its workbook, from a dry run over the same ledger."""
    config = folder / "summaries"
    _run(COMMAND, "init", str(config))
    policy = (config / "policy.toml").read_text("utf-8").partition("[[ladder]]")[0]
    for key, value in (("lines_per_mail", SUMMARY_LINES), ("min_fraction_of_limit", 0)):
        policy = re.sub(rf"^{key} = .*$", f"{key} = {value}", policy, flags=re.MULTILINE)
    (config / "policy.toml").write_text(policy + SUMMARY_LADDER, encoding="utf-8")
    dry_run = (COMMAND, "--config", str(config), "--now", LAST_MOMENT, "plan", "--dry-run")
    said = _run(*dry_run, env=_environment(demo))
    kept = Path(re.findall(r"信件存于 ([^）]+)）", said)[0])
    mails = {str(mail["To"]): mail for mail in map(_mail, kept.glob("*.eml"))}
    shutil.rmtree(kept)
    for picture, address, width in SUMMARIES:
        page = folder / f"{picture}-mail.html"
        page.write_text(html_of(mails[address]) or "", encoding="utf-8")
        _shoot(page, picture, width, folder)
    attached = mails["section-head@zjw.example"].iter_attachments()
    [book] = [part for part in attached if str(part.get_filename()).startswith("items-")]
    _workbook(book.get_content(), "long-list-workbook", folder)


def _mail(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=email_policy.default)


def _workbook(content: bytes, picture: str, folder: Path) -> None:
    """The first printed page of a workbook."""
    book = folder / f"{picture}.xlsx"
    book.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(book))
    arguments: Sequence[str] = ("-png", "-r", "100", "-f", "1", "-l", "1", "-singlefile")
    _run("pdftoppm", *arguments, str(folder / f"{picture}.pdf"), str(IMAGES / picture))


if __name__ == "__main__":
    main()
