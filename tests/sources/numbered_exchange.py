"""An exchange interface with numbered pages in a few lines, honest or not."""

from collections.abc import Callable
from typing import Any

import httpx

from config.paging import Paging

Row = dict[str, Any]
ROWS: list[Row] = [{"LSH": serial, "GXSJ": f"2026-03-02 09:00:{serial:02d}", "BLZT": 1} for serial in range(1, 6)]
COUNTED = Paging(
    style="page", since="beginTime", limit="pageSize", page="pageNum", rows="data.list", total="data.total"
)
UNCOUNTED = COUNTED.model_copy(update={"total": ""})

Fault = Callable[["Numbered", httpx.Request, int], httpx.Response | None]


class Numbered:
    """Everything updated since a time, in pages by number. ``fault`` may answer in its place, or change the rows and
    give None. ``most``: the most rows that the server gives, whatever it is asked for."""

    def __init__(self, rows: list[Row] | None = None, fault: Fault | None = None, most: int = 10_000) -> None:
        self.rows, self.fault, self.most = [dict(row) for row in (ROWS if rows is None else rows)], fault, most
        self.order: Callable[[Row], Any] = lambda row: (row["GXSJ"], row["LSH"])
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.fault(self, request, len(self.asked)) if self.fault else None
        return answer or self.answer(request)

    def answer(self, request: httpx.Request, page: int | None = None) -> httpx.Response:
        """The page that is asked for, or another one."""
        asked = request.url.params
        rows = sorted((row for row in self.rows if str(row["GXSJ"]) >= asked.get("beginTime", "")), key=self.order)
        size = min(self.most, int(asked["pageSize"]))
        first = ((int(asked["pageNum"]) if page is None else page) - 1) * size
        return listed(rows[first : first + size], len(rows))


def listed(rows: list[Any], total: object) -> httpx.Response:
    """An answer with these rows."""
    return httpx.Response(200, json={"code": 0, "message": "成功", "data": {"list": rows, "total": total}})
