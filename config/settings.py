"""Where things are: data folder, sources, mail relay, rhythm, log. The whole of monitor.toml."""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from config.fields import Address, FilePath, Flag, Frozen, Int, Number, Text
from config.sources import Precedence, Source


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Delivery(Frozen):
    """The mail relay."""

    enabled: Flag = Field(
        default=False,
        description="发信总开关。false = 照常计算，信件只存成文件；仍有示例邮箱地址时，打开了也只存成文件",
    )
    host: Text = Field(default="127.0.0.1", description="SMTP 服务器")
    port: Int = Field(
        default=25, ge=1, le=65535, description="SMTP 端口：常见 25（不加密）、587（starttls）、465（tls）"
    )
    security: Literal["none", "starttls", "tls"] = Field(
        default="none", description="加密方式：none 不加密、starttls 连上后升级、tls 直接加密"
    )
    username: Text | None = Field(default=None, description="SMTP 账号；内网中继不要求登录时不填")
    password: SecretStr | None = Field(
        default=None, description="SMTP 密码。不建议写在这里，请用 password_file、环境变量或 systemd 凭据"
    )
    password_file: FilePath | None = Field(default=None, description="内容为 SMTP 密码的文件，权限 600")
    sender: Address | None = Field(default=None, description="发件人地址；打开发信前必填")
    sender_name: Text = Field(default="工程建设项目审批时限监测", description="发件人显示名称")
    reply_to: Address | None = Field(default=None, description="回信地址；不填 = 回到发件人")
    ca_file: FilePath | None = Field(
        default=None, description="单位自建 CA 的根证书（PEM），用来核验邮件服务器的证书；不填 = 操作系统信任的机构"
    )
    connections: Int = Field(default=4, ge=1, le=64, description="同时保持几条 SMTP 连接")
    max_per_minute: Int = Field(default=0, ge=0, le=100_000, description="任意一分钟内最多发几封；0 = 不限")
    max_mail_kib: Int = Field(
        default=10_240,
        ge=64,
        le=102_400,
        description="一封信（含附件）最大多少 KiB；超过时从最大的附件起不随信发送并在信中说明。"
        "邮件服务器自己声明的上限更小时以它为准",
    )
    timeout_seconds: Number = Field(default=30.0, gt=0, le=600, description="SMTP 每一步最多等几秒")

    @property
    def is_loopback(self) -> bool:
        """Whether the relay is this machine itself."""
        return _is_loopback(self.host)


class Inbox(Frozen):
    """The mailbox that answers and bounces come to, read over IMAP."""

    host: Text | None = Field(default=None, description="IMAP 服务器；不填 = 不读收件箱")
    port: Int = Field(default=993, ge=1, le=65535, description="IMAP 端口：常见 993（tls）、143（starttls 或不加密）")
    security: Literal["none", "starttls", "tls"] = Field(
        default="tls", description="加密方式：none 不加密、starttls 连上后升级、tls 直接加密"
    )
    ca_file: FilePath | None = Field(default=None, description="单位自建 CA 的根证书（PEM）；不填 = 操作系统信任的机构")
    username: Text | None = Field(default=None, description="IMAP 账号；写了 host 就必填")
    password: SecretStr | None = Field(
        default=None, description="IMAP 密码或授权码。不建议写在这里，请用 password_file、环境变量或 systemd 凭据"
    )
    password_file: FilePath | None = Field(default=None, description="内容为 IMAP 密码或授权码的文件，权限 600")
    folder: Text = Field(default="INBOX", description="读哪个文件夹")
    processed_folder: Text | None = Field(
        default=None, description="读过的信移到哪个文件夹（没有就新建）；不填 = 留在原处，也不改动已读标记"
    )
    poll_minutes: Int = Field(default=5, ge=1, le=1440, description="每隔几分钟读一次")
    timeout_seconds: Number = Field(default=30.0, gt=0, le=600, description="IMAP 每一步最多等几秒")
    max_message_kib: Int = Field(
        default=30_720, ge=64, le=102_400, description="来信最大多少 KiB；更大的不下载，告知督办专员到邮箱里查看"
    )
    max_kept_mib: Int = Field(
        default=2048, ge=1, le=1_048_576, description="答复附件（data_dir/answers）总共最多保存多少 MiB，满了只存文字"
    )

    @property
    def is_loopback(self) -> bool:
        """Whether the mailbox is on this machine itself."""
        return _is_loopback(self.host or "")


class Schedule(Frozen):
    """How often each job runs, in minutes."""

    poll_minutes: Int = Field(default=10, ge=1, le=1440, description="每隔几分钟取数一次")
    max_retry_minutes: Int = Field(
        default=60,
        ge=1,
        le=1440,
        description="来源取数失败后，隔 1、2、4……个取数间隔再试，最长隔几分钟（手工 poll 不受此限）",
    )
    plan_minutes: Int = Field(default=10, ge=1, le=1440, description="每隔几分钟判断一次该发什么")
    deliver_minutes: Int = Field(default=1, ge=1, le=1440, description="每隔几分钟发一次待发的信")
    audit_minutes: Int = Field(default=60, ge=1, le=1440, description="每隔几分钟自查一次：该发的是否都发了")


class Health(Frozen):
    """How old the last good run of each job may be before ``health`` says no, in minutes."""

    max_poll_minutes: Int = Field(default=60, ge=1, le=10_080, description="上次成功取数距今最多几分钟")
    quiet_workdays: Int = Field(
        default=10, ge=0, le=250, description="来源连续几个工作日没有任何更新就提醒运维人员；0 = 不提醒"
    )
    max_plan_minutes: Int = Field(default=60, ge=1, le=10_080, description="上次完成判断距今最多几分钟")
    max_deliver_minutes: Int = Field(default=15, ge=1, le=10_080, description="上次完成发信任务距今最多几分钟")
    max_relay_minutes: Int = Field(
        default=15, ge=1, le=10_080, description="邮件服务器连续不可用（有信待发而发不出）最多几分钟"
    )
    max_audit_minutes: Int = Field(default=180, ge=1, le=10_080, description="上次自查相符距今最多几分钟")


class Audit(Frozen):
    """The heartbeat that is given after every audit that agrees."""

    ping_url: SecretStr | None = Field(
        default=None,
        description="自查相符、健康检查也正常时访问的网址（healthchecks 一类的心跳服务）；到时没有心跳，由对方告警。"
        "网址即凭据，不建议写在这里，请用 ping_url_file、环境变量或 systemd 凭据；不填 = 不报心跳",
    )
    ping_url_file: FilePath | None = Field(default=None, description="内容为心跳网址的文件，权限 600")


class Log(Frozen):
    """The log, which goes to standard error."""

    format: Literal["console", "json"] = Field(default="console", description="console = 给人看；json = 给日志系统收")
    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="记录到哪一级为止")


class Settings(Frozen):
    """The whole of monitor.toml."""

    data_dir: FilePath = Field(
        default=Path("data"),
        description="台账、信件副本、周报存放的目录；相对路径从配置目录算起，正式部署建议写绝对路径",
    )
    sources: tuple[Source, ...] = Field(default=(), description="数据来源，每个 [[sources]] 是一处")
    precedence: Precedence = Field(
        default=Precedence(), description="几个来源对同一办件说法不一时以谁为准。每项写来源名称的列表，先写的优先"
    )
    delivery: Delivery = Field(default=Delivery(), description="发信")
    inbox: Inbox = Field(default=Inbox(), description="收件箱：答复与退信")
    schedule: Schedule = Field(default=Schedule(), description="任务间隔")
    health: Health = Field(default=Health(), description="健康检查（health 命令）的时限")
    audit: Audit = Field(default=Audit(), description="自查与心跳")
    log: Log = Field(default=Log(), description="日志")

    @property
    def ledger_path(self) -> Path:
        """The SQLite file of the ledger."""
        return self.data_dir / "ledger.db"
