"""What the simulated district is made of: places, approval units, matters of the catalogue, kinds of projects."""

from dataclasses import dataclass
from typing import Final, NamedTuple


class Unit(NamedTuple):
    """An approval unit: code and full name as the platform gives them."""

    code: str
    name: str


class Kind(NamedTuple):
    """A kind of project: endings of names, smallest and largest investment (万元), and whether a business invests."""

    endings: tuple[str, ...]
    least: int
    most: int
    private: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter of the catalogue; ``limit`` in working days, None where the platform has none.

    ``kinds`` are the kinds of projects that need it, empty for all; ``weight`` is how often it is applied for.
    """

    code: str
    name: str
    unit: str
    limit: int | None
    weight: int = 2
    kinds: frozenset[str] = frozenset()


DISTRICT: Final = "110116"
CITY_AND_DISTRICT: Final = "北京市怀柔区"

PLACES: Final = (
    "龙山街道",
    "泉河街道",
    "怀柔镇",
    "雁栖镇",
    "庙城镇",
    "北房镇",
    "杨宋镇",
    "桥梓镇",
    "怀北镇",
    "汤河口镇",
    "渤海镇",
    "九渡河镇",
    "琉璃庙镇",
    "宝山镇",
    "长哨营满族乡",
    "喇叭沟门满族乡",
)

UNITS: Final = {
    code: Unit(code, name)
    for code, name in (
        ("110116FGW", "北京市怀柔区发展和改革委员会"),
        ("110116GZW", "北京市规划和自然资源委员会怀柔分局"),
        ("110116ZJW", "北京市怀柔区住房和城乡建设委员会"),
        ("110116STJ", "北京市怀柔区生态环境局"),
        ("110116SWJ", "北京市怀柔区水务局"),
        ("110116YLJ", "北京市怀柔区园林绿化局"),
        ("110116CGW", "北京市怀柔区城市管理委员会"),
        ("110116JTJ", "北京市怀柔区交通局"),
        ("110116GDB", "北京市怀柔区国防动员办公室"),
        ("110116JXJ", "北京市怀柔区经济和信息化局"),
        ("110116WLJ", "北京市怀柔区文化和旅游局"),
        ("110116YJJ", "北京市怀柔区应急管理局"),
        ("110116WJW", "北京市怀柔区卫生健康委员会"),
        ("110116QXJ", "北京市怀柔区气象局"),
        ("110116JGZ", "北京市公安局怀柔分局交通支队"),
        ("110116XFZ", "北京市怀柔区消防救援支队"),
    )
}

STRANGER: Final = Unit("", "怀柔科学城管理委员会")
"""A unit that is none of the sixteen and has no code: its items cannot be assigned."""

KINDS: Final = {
    "road": Kind(("道路及综合管廊工程", "农村公路大修工程", "市政道路改造工程"), 1800, 26000, private=False),
    "school": Kind(("中心小学改扩建工程", "幼儿园新建工程", "中学教学楼加固改造工程"), 900, 16000, private=False),
    "hospital": Kind(("社区卫生服务中心新建工程", "卫生院门诊楼改造工程"), 1200, 22000, private=False),
    "water": Kind(
        ("河道治理工程", "污水处理站二期工程", "供水管网改造工程", "小流域综合治理工程"), 600, 12000, private=False
    ),
    "housing": Kind(("老旧小区综合整治工程", "安置房项目", "共有产权住房项目"), 5000, 98000, private=False),
    "green": Kind(("郊野公园建设工程", "浅山区造林绿化工程"), 500, 6800, private=False),
    "public": Kind(("文体活动中心新建工程", "养老服务驿站改造工程", "生活垃圾转运站工程"), 400, 9000, private=False),
    "industry": Kind(("智能装备生产基地项目", "标准厂房改造项目", "科学仪器中试基地项目"), 2600, 52000, private=True),
    "commerce": Kind(("精品民宿集群改造项目", "文化旅游综合体项目", "影视摄制基地改造项目"), 800, 36000, private=True),
    "energy": Kind(("加油站改造项目", "综合能源站项目", "充换电站项目"), 300, 7600, private=True),
}

_PUBLIC_PURSE: Final = frozenset(kind for kind, about in KINDS.items() if not about.private)
_PRIVATE: Final = frozenset(KINDS) - _PUBLIC_PURSE

NO_LIMIT_MATTER: Final = Matter("1119003", "水利基建项目初步设计文件审批", "110116SWJ", None, 0, frozenset({"water"}))

MATTERS: Final = (
    Matter("1107001", "政府投资项目建议书审批", "110116FGW", 7, 4, _PUBLIC_PURSE),
    Matter("1107002", "企业投资项目核准", "110116FGW", 15, 3, _PRIVATE),
    Matter("1107003", "企业投资项目备案", "110116FGW", 3, 3, _PRIVATE),
    Matter("1115001", "建设项目用地预审与选址意见书核发", "110116GZW", 10, 4),
    Matter("1115002", "建设用地规划许可证核发", "110116GZW", 8, 3),
    Matter("1115003", "建设工程规划许可证核发", "110116GZW", 12, 4),
    Matter("1117001", "建筑工程施工许可证核发", "110116ZJW", 5, 4),
    Matter("1117002", "特殊建设工程消防设计审查", "110116ZJW", 10, 3),
    Matter("1117003", "工程竣工联合验收", "110116ZJW", 7, 3),
    Matter("1116001", "建设项目环境影响报告表审批", "110116STJ", 15, 4),
    Matter("1119001", "建设项目水影响评价审查", "110116SWJ", 10, 3),
    Matter("1119002", "生产建设项目水土保持方案审批", "110116SWJ", 8, 3),
    Matter("1164001", "工程建设涉及城市绿地、树木审批", "110116YLJ", 15, 4),
    Matter("1118901", "临时占用、挖掘城市道路审批", "110116CGW", 5, 3),
    Matter("1118902", "建筑垃圾消纳许可", "110116CGW", 5, 3),
    Matter("1118001", "普通公路建设项目施工许可", "110116JTJ", 12, 3, frozenset({"road"})),
    Matter("1138001", "人民防空工程建设审批", "110116GDB", 10, 3),
    Matter("1107006", "企业技术改造投资项目备案", "110116JXJ", 3, 3, frozenset({"industry"})),
    Matter("1122001", "文物保护单位建设控制地带内建设工程设计方案审核", "110116WLJ", 20, 3),
    Matter("1125001", "危险化学品建设项目安全条件审查", "110116YJJ", 20, 3, frozenset({"energy", "industry"})),
    Matter("1123001", "放射诊疗建设项目职业病危害放射防护预评价审核", "110116WJW", 20, 2, frozenset({"hospital"})),
    Matter("1154001", "雷电防护装置设计审核", "110116QXJ", 6, 3, frozenset({"energy", "industry", "commerce"})),
    Matter("1109001", "影响交通安全的占道施工许可", "110116JGZ", 5, 3, frozenset({"road", "water", "housing"})),
    Matter(
        "1195001", "公众聚集场所投入使用、营业前消防安全检查", "110116XFZ", 7, 2, frozenset({"commerce", "hospital"})
    ),
    NO_LIMIT_MATTER,
)

SPECIAL_PROCEDURES: Final = ((6, "专家评审"), (4, "检验检测"), (7, "公示"), (8, "补充图纸"))
OFFICES: Final = ("行政审批科", "审批服务科", "综合业务科")
APPLICANTS: Final = tuple(f"申请人{mark}" for mark in "甲乙丙丁戊己庚辛壬癸")
"""Stand for the contact that the real platform sends: plainly no person, so that a trace of one is easy to find."""
