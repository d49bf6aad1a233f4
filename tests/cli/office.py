"""A desk to call the program from: a configuration folder, a small platform over real HTTP, and what a call came to."""

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from monitor.cli.main import main
from monitor.ledger.database import open_database, reading

TOKEN = "let-me-in-4711"
NOW = "2026-03-20 10:00"
"""A Friday within the working hours."""
Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
Reply = tuple[int, str, bytes]


@dataclass(frozen=True)
class Called:
    """What a call came to: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)

    @property
    def is_told(self) -> bool:
        """Whether a failure is told as a sentence in Chinese: no traceback, no internal error, no bare English."""
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in self.err)
        return chinese and not any(mark in self.err for mark in ("Traceback", "程序内部错误", "Error(", "Errno"))


@dataclass
class Desk:
    """Calls the program in this process: ``folder`` is the configuration, ``env`` what the environment has besides."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def ledger(self) -> Path:
        """The database."""
        return self.data / "ledger.db"

    def call(self, *arguments: str, now: str | None = NOW) -> Called:
        """The program with these arguments, on this configuration and at ``now``."""
        moved = ["--now", now] if now else []
        return call(["--config", str(self.folder), *moved, *arguments], self.env)

    def process(self, *arguments: str, now: str | None = NOW, **options: Any) -> subprocess.CompletedProcess[str]:
        """The same in a process of its own; ``options`` go to subprocess.run."""
        moved = ["--now", now] if now else []
        command = [sys.executable, "-m", "tests.cli.program", "--config", str(self.folder), *moved, *arguments]
        options = {"capture_output": True, "text": True, "timeout": 60, **options}
        return subprocess.run(command, env=os.environ | self.env, check=False, **options)

    def write(self, file: str, text: str) -> None:
        """Puts ``text`` at the end of a configuration file."""
        path = self.folder / file
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    def change(self, file: str, old: str, new: str) -> None:
        """Replaces ``old``, which must be there, in a configuration file."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text, f"{old} is not in {file}"
        path.write_text(text.replace(old, new), "utf-8")

    def dump(self) -> list[str]:
        """Everything the database holds, table by table."""
        engine = open_database(f"sqlite:///{self.ledger}")
        try:
            with reading(engine) as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                return list(raw.iterdump())
        finally:
            engine.dispose()

    def kept(self) -> list[bytes]:
        """The mails kept as files."""
        return [path.read_bytes() for path in sorted((self.data / "kept-mails").glob("*.eml"))]


def call(arguments: Sequence[str], env: Mapping[str, str] | None = None) -> Called:
    """The program with exactly these arguments."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    before = dict(os.environ)
    os.environ.update(env or {})
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = _exit_code(arguments)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Called(code, _text(out), _text(err))


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    raise AssertionError("the program did not end with an exit code")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.detach()
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8", "replace")


class SmallPlatform:
    """The exchange interface over HTTP with the rows a test gives it. ``reply`` set: every answer is that one."""

    def __init__(self, tables: Tables, token: str = TOKEN) -> None:
        self.tables, self.token = tables, token
        self.reply: Reply | None = None

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"platform": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/exchange/v1"

    def page(self, table: str, since: str, after: int, limit: int) -> Row:
        """The rows of a table after a position, in order."""
        left = sorted(
            (row for row in self.tables.get(table, ()) if (row["GXSJ"], row["LSH"]) > (since, after)),
            key=lambda row: (row["GXSJ"], row["LSH"]),
        )
        rows = left[:limit]
        more = len(left) > limit
        return {"rows": rows, "next": {"since": rows[-1]["GXSJ"], "after": rows[-1]["LSH"]} if more else None}


class _Handler(BaseHTTPRequestHandler):
    platform: SmallPlatform

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {key: values[-1] for key, values in parse_qs(url.query).items()}
        if self.platform.reply is not None:
            self._answer(*self.platform.reply)
        elif self.headers["Authorization"] != f"Bearer {self.platform.token}":
            said = f"令牌 {self.headers['Authorization']} 无效或已过期"
            self._answer(401, "application/json", json.dumps({"code": 401, "message": said}).encode())
        else:
            table = unquote(url.path).rpartition("/")[2]
            page = self.platform.page(table, asked.get("since", ""), int(asked["after"]), int(asked["limit"]))
            body = json.dumps({"code": 0, "message": "成功", "data": page}).encode()
            self._answer(200, "application/json; charset=utf-8", body)

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


class Rows:
    """Rows of the platform's tables, numbered as they are made."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {}
        self._serial = 0

    def add(self, table: str, **columns: Any) -> None:
        """One row; GXSJ is 2026-03-01 unless told."""
        self._serial += 1
        row = {"LSH": self._serial, "GXSJ": "2026-03-01 08:00:00", "SJYXBS": 1}
        self.tables.setdefault(table, []).append(row | columns)

    def item(self, number: Any, *events: tuple[int, str], **columns: Any) -> None:
        """An item of 区水务局 with its project and its events (status, time)."""
        given = {"SPSXSLBM": number, "GCDM": f"G{self._serial}", "SPSXBM": "M1", "SPBMBM": "110116SWJ", "SXBLSX": 5}
        given |= columns
        self.add("XMSPSXBLXXB", **{"LXR": "某某", "LXRSJH": "000"} | given)
        for code, moment in events:
            self.add("XMSPSXBLXXXXB", SPSXSLBM=number, BLZT=code, BLSJ=moment)

    def project(self, works: Any, code: Any, name: Any) -> None:
        """A project."""
        self.add("XMJBXXB", GCDM=works, XMDM=code, XMMC=name)


def ordinary() -> Rows:
    """A few items, one in every state that matters, as of NOW."""
    rows = Rows()
    rows.add("DFXMSPLCJDSXXXB", SPSXBM="M1", SPSXMC="取水许可", BJLX=2, SPSXBLSX=10)
    rows.project("G-1", "2106-440100-04-01-237448", '=HYPERLINK("http://evil.example")')
    rows.item("A-overdue", (1, "2026-03-02 09:00:00"), (3, "2026-03-03 09:00:00"), GCDM="G-1")
    rows.item("B-due-soon", (3, "2026-03-17 09:00:00"), (8, "2026-03-17 09:00:00"))
    rows.item("C-closed", (3, "2026-03-03 09:00:00"), (11, "2026-03-05 09:00:00"))
    rows.item("D-paused", (3, "2026-03-16 09:00:00"), (9, "2026-03-17 09:00:00"))
    rows.item("E-nobody", (3, "2026-03-09 09:00:00"), SPBMBM="", SPBMMC="某某部门")
    rows.item("F-no-limit", (3, "2026-03-09 09:00:00"), SXBLSX=None, SPSXBM="M0")
    rows.item("G-no-event")
    rows.item("H-other-unit", (3, "2026-03-17 09:00:00"), SPBMBM="110116FGW", SXBLSX=20)
    return rows


def files_below(folder: Path) -> Iterable[Path]:
    """Every file and folder below ``folder``, itself included."""
    return [folder, *folder.rglob("*")]
