"""Chinese names made from invented places and words: nobody real is meant, and no two are alike."""

from __future__ import annotations

_PLACES = [
    "临溪",
    "安岚",
    "青屿",
    "北沚",
    "云栖",
    "泽川",
    "丹浦",
    "鹤岭",
    "沐阳川",
    "松陵渡",
    "白鹭洲",
    "霁山",
    "澄湖",
    "南浔口",
    "铜岭",
    "望川",
    "河朔",
    "琼岛湾",
    "镜泊",
    "麓城",
]
_FIRST = ["恒", "瑞", "宏", "盛", "嘉", "锦", "泰", "顺", "康", "卓", "隆", "启", "德", "佳", "鼎", "汇"]
_SECOND = ["峰", "源", "达", "昌", "辉", "凯", "联", "森", "博", "丰", "润", "航", "维", "诚"]
_SUPPLY = [
    "金属材料",
    "精密机械",
    "电子元件",
    "包装制品",
    "化工原料",
    "五金工具",
    "自动化设备",
    "橡塑制品",
    "物流",
    "食品",
    "日用品",
    "纺织品",
]
_DEMAND = [
    "机电",
    "贸易",
    "装备制造",
    "超市",
    "百货",
    "商贸",
    "建材",
    "科技",
    "汽车零部件",
    "家居",
    "仪器",
    "供应链",
]
_SURNAMES = [
    "陆",
    "邵",
    "柏",
    "闻",
    "祁",
    "滕",
    "虞",
    "褚",
    "岑",
    "骆",
    "商",
    "姬",
    "屠",
    "麦",
    "庾",
    "桑",
    "阙",
    "芮",
    "羿",
    "储",
]
_GIVEN = [
    "一鸣",
    "若琳",
    "文涛",
    "雨桐",
    "思远",
    "佳宁",
    "俊逸",
    "晓萌",
    "志恒",
    "书瑶",
    "子谦",
    "婉清",
    "博文",
    "静怡",
    "明哲",
    "可欣",
]

_DESCRIPTIONS = ["高强", "不锈", "耐磨", "精轧", "镀锌", "防潮", "智能", "轻量", "双层", "加厚"]
_MATERIALS = ["钢板", "铝型材", "轴承", "紧固件", "电机", "传感器", "密封圈", "纸箱", "导线", "涂料"]
_PRODUCTS = ["减速机", "输送机", "控制柜", "齿轮箱", "液压站", "机械臂", "分拣机", "阀门", "水泵", "压缩机"]
_GOODS = ["保温杯", "毛巾", "收纳箱", "台灯", "雨伞", "坚果礼盒", "茶具", "背包", "电饭煲", "洗衣液"]
_TAX_MARKS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _company(number: int, trades: list[str], start: int) -> str:
    place = _PLACES[(number * 7 + start) % len(_PLACES)]
    pair = number + start * 31
    first = _FIRST[pair % len(_FIRST)]
    second = _SECOND[pair // len(_FIRST) % len(_SECOND)]
    return f"{place}{first}{second}{trades[(number * 5 + start) % len(trades)]}有限公司"


def supplier(number: int) -> str:
    """Name a supplier."""
    return _company(number, _SUPPLY, 3)


def customer(number: int) -> str:
    """Name a customer."""
    return _company(number, _DEMAND, 11)


def foreign(number: int, country: str) -> str:
    """Name a partner abroad, in Latin letters."""
    words = ["Alder", "Borea", "Calix", "Doran", "Elvane", "Farrow", "Galden", "Hesper", "Irwell", "Jorund"]
    forms = {"US": "Trading LLC", "JP": "Shoji K.K.", "DE": "Handels GmbH"}
    return f"{words[number % len(words)]}{words[(number // 10 + 3) % len(words)].lower()} {forms[country]}"


def person(number: int) -> str:
    """Name a person."""
    return _SURNAMES[number % len(_SURNAMES)] + _GIVEN[(number // len(_SURNAMES) + number) % len(_GIVEN)]


def item(number: int, family: str) -> str:
    """Name an item of a family: material, product or goods."""
    words = {"material": _MATERIALS, "product": _PRODUCTS, "goods": _GOODS}[family]
    kind = _DESCRIPTIONS[number // len(words) % len(_DESCRIPTIONS)]
    return f"{kind}{words[number % len(words)]}"


def tax_id(number: int) -> str:
    """Give an 18-character tax id of a region that does not exist."""
    body = ""
    rest = number * 7919 + 104729
    for _ in range(9):
        body += _TAX_MARKS[rest % 31]
        rest = rest * 48271 % 2147483647
    return f"91999900{body}{_TAX_MARKS[number % 31]}"


def other_spelling(name: str, manner: int) -> str:
    """Spell a company's name as another system's clerk did.

    Long form, full-width or with the place in brackets.
    """
    if manner == 0:
        return name.replace("有限公司", "有限责任公司")
    if manner == 1:
        return f"{name[2:-4]}（{name[:2]}）有限公司"
    if manner == 2:
        return name.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}).replace(" ", "\u3000")
    return name.replace("有限公司", "公司")
