"""What is wrong with a configuration, in the words the operator reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

CODES: Mapping[str, str] = {
    "G001": "配置目录不存在",
    "G002": "缺少配置文件",
    "G003": "文件读不出来，或不是 UTF-8 编码",
    "G004": "不符合 TOML 语法",
    "G005": "不认识的键",
    "G006": "缺少必填的键",
    "G007": "值的类型不对",
    "G008": "数值超出允许范围",
    "G009": "不在可选值之内",
    "G010": "值的写法不对",
    "G011": "init 不覆盖已有文件",
    "G012": "init 无法写入目录",
    "S001": "环境变量对不上任何配置项",
    "S002": "数据来源重名",
    "S003": "健康检查的时限短于任务间隔",
    "S004": "没有数据来源",
    "S005": "SMTP 账号与密码、发信开关与发件人没有配齐",
    "S006": "SMTP 密码会以明文传输",
    "S007": "来源的先后次序里有不存在的来源",
    "S008": "来源写了别的取数方式才有的键",
    "S015": "心跳网址的写法不对",
    "S021": "CA 证书文件不可用",
    "S022": "收件箱没有配齐",
    "S023": "IMAP 密码会以明文传输",
    "K001": "缺少凭据",
    "K002": "凭据文件读不出来或为空",
    "K003": "凭据文件权限过宽",
    "K004": "凭据明文写在配置文件里",
    "K005": "同一凭据在配置文件里给了两处",
    "K006": "凭据内容不可用",
    "P001": "督办阶梯的步骤重名",
    "P002": "同一时限同一天有两个步骤",
    "P003": "步骤没有收件岗位",
    "P004": "重复提醒没有配齐",
    "P005": "到期前或到期当天的步骤不能重复",
    "P006": "步骤永远不会触发",
    "P007": "发信时段的开始不早于结束",
    "P008": "深红灯与红牌步骤的天数不一致",
    "P009": "周报时刻不在发信时段之内",
    "P010": "督办阶梯是空的",
    "P011": "同一岗位既是收件又是抄送",
    "P012": "越往后的步骤级别反而越低",
    "P013": "past_statutory 用在没有法定时限的时限上",
    "P014": "步骤的重复被后面的步骤盖住",
    "P015": "步骤的筛选条件自相矛盾",
    "P016": "步骤所写的事项编码不在事项目录中",
    "P017": "步骤晚于 too_old_after",
    "P020": "督办日报的时刻不在督办专员的发信时段之内",
    "P021": "给任何时候都收信的岗位写了发信时段",
    "P022": "发信时段太短",
    "P031": "函件文号的写法不对",
    "P032": "函件模板不能用",
    "P033": "通报模板不能用",
    "U001": "单位编码被占用两次",
    "U002": "单位名称被两个单位占用",
    "U003": "邮箱地址写法不对",
    "U004": "阶梯要用的岗位没有联系人",
    "U005": "仍是示例邮箱地址",
    "U006": "岗位放错了位置",
    "U007": "别名的起止日期颠倒",
    "U008": "没有任何单位",
    "M001": "事项编码重复",
    "M002": "承诺时限长于法定时限",
    "M003": "事项没有写任何时限",
    "Y001": "日历文件名不是年份",
    "Y002": "日期不属于该文件的年份",
    "Y003": "同一天写了两次",
    "Y004": "同一天既放假又上班",
    "Y005": "日期区间颠倒或过长",
}
"""Every code with its title. The letter tells the part: G files, S settings, K secrets, P policy, U units, M matters,
Y calendar years. A code keeps its meaning for good; a new finding gets a new number."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about the configuration.

    ``file`` is relative to the configuration folder (or names an environment variable), ``line`` counts from 1 and is
    None where no line can be named. An ``error`` stops the program, a ``warning`` does not.
    """

    code: str
    severity: Severity
    file: str
    line: int | None
    message: str
    hint: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where} [{self.code}] {self.message}。处理：{self.hint}"


class ConfigError(Exception):
    """The configuration cannot be used. ``problems`` holds everything found, warnings included."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown(text: str, limit: int = 60) -> str:
    """``text`` fit for one line of a terminal or log: control and invisible characters replaced, long text cut."""
    visible = "".join(char if char.isprintable() else "�" for char in text)
    return visible if len(visible) <= limit else visible[:limit] + "…"
