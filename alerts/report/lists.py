"""The lists of a report as sheets: which columns each has. Widths are in half-width characters."""

from alerts.report.sheets import Column

SERIAL = Column("序号", "#", 6, "serial")
OVERDUE = (
    SERIAL,
    Column("级别", "card", 8, "word"),
    Column("单位", "unit", 18),
    Column("事项", "matter", 24),
    Column("项目", "project", 28),
    Column("项目代码", "project_code", 17),
    Column("办件编号", "item", 16),
    Column("阶段", "stage", 7),
    Column("收件日期", "received", 12, "date"),
    Column("受理日期", "accepted", 12, "date"),
    Column("到期日", "due", 12, "date"),
    Column("时限", "clock_text", 10),
    Column("逾期天数", "overdue_days", 9, "number"),
    Column("逾期工作日", "overdue_working_days", 11, "number"),
    Column("转为逾期", "became_overdue", 12, "date"),
    Column("逾期原因", "reason_given", 20),
    Column("已发督促", "steps_sent", 16),
    Column("备注", "remark", 12),
)
ITEM = (
    Column("单位", "unit", 24),
    Column("事项", "matter", 31),
    Column("项目", "project", 34),
    Column("项目代码", "project_code", 28),
    Column("办件编号", "item", 17),
)
"""Whose an item is, what it is about, and its numbers: alike in the lists that have the room."""
DUE = (
    SERIAL,
    Column("到期日", "due", 12, "date"),
    Column("灯色", "light_name", 8, "word"),
    *ITEM,
    Column("阶段", "stage", 7),
    Column("备注", "remark", 14),
)
STAGE_LATE = (
    SERIAL,
    Column("环节", "clock_text", 12),
    *ITEM,
    Column("环节到期日", "due", 13, "date"),
    Column("超时天数", "overdue_days", 10, "number"),
    Column("备注", "remark", 14),
)
PAUSED = (
    SERIAL,
    *ITEM,
    Column("阶段", "stage", 7),
    Column("暂停原因", "paused_kind", 18),
    Column("暂停起于", "paused_since", 12, "date"),
    Column("备注", "remark", 14),
)
UNANSWERED = (
    SERIAL,
    Column("级别", "level_text", 12, "word"),
    Column("单位", "unit", 24),
    Column("办件编号", "item", 17),
    Column("事项", "matter", 31),
    Column("项目", "project", 34),
    Column("督办日期", "sent", 12, "date"),
    Column("应答复日期", "answer_by", 13, "date"),
    Column("迟答天数", "days_late", 10, "number"),
)
HELD = (
    SERIAL,
    Column("范围", "scope_text", 10, "word"),
    Column("对象", "target", 20),
    Column("名称", "name", 34),
    Column("至", "until_text", 22),
    Column("理由", "why", 40),
    Column("经手人", "by", 14),
)
NOTES = (Column("项目", "name", 24), Column("数量", "count", 10, "number"), Column("说明", "meaning", 110))
