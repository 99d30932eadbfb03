"""The people of the demo: one for each job, and a clerk for each unit that files."""

from dataclasses import dataclass
from typing import Final

from departments.models import Department, Jurisdiction, User
from departments.permissions import ADMINISTER, AUDIT, FILE_REPORT, IMPORT_TABLE, OVERSEE, REVIEW_REPORT, SUPERVISE
from departments.services import grants

PASSWORD: Final = "minsheng-2023"  # noqa: S105 printed by the demo, never used elsewhere


@dataclass(frozen=True)
class Person:
    """``unit`` is a unit's name, for display; ``on_unit`` are rights on it, ``on_area`` rights on the jurisdiction."""

    username: str
    name: str
    unit: str = ""
    on_unit: tuple[str, ...] = ()
    on_area: tuple[str, ...] = ()
    role: str = ""  # printed with the sign-in, for one person of each role


def _clerk(username: str, name: str, unit: str, role: str = "") -> Person:
    return Person(username, name, unit, on_unit=(FILE_REPORT,), role=role)


def _reviewer(username: str, name: str, unit: str, role: str = "") -> Person:
    return Person(username, name, unit, on_unit=(REVIEW_REPORT,), role=role)


OFFICE: Final = Person("duban", "陈立新", "党政办公室", on_area=(SUPERVISE,), role="督查室（审核）")
IMPORTER: Final = Person("daoru", "赵文静", "党政办公室", on_area=(IMPORT_TABLE,), role="任务表管理员（导入）")

PEOPLE: Final = (
    IMPORTER,
    OFFICE,
    Person("duban2", "高晓峰", "党政办公室", on_area=(SUPERVISE,)),
    Person("lingdao", "李建民", "", on_area=(OVERSEE,), role="分管领导（总览）"),
    Person("guanli", "周敏", "党政办公室", on_area=(ADMINISTER,), role="系统管理员（人员与单位）"),
    Person("shenji", "孙国强", "", on_area=(AUDIT,), role="审计员"),
    _clerk("fazhan", "王丽", "发展软环境保障局", role="填报员（发展软环境保障局）"),
    _reviewer("fazhan-sh", "郑海涛", "发展软环境保障局", role="单位审核人（发展软环境保障局）"),
    _clerk("zuzhi", "刘芳", "党工委组织部（人力资源部）"),
    _clerk("dangzheng", "马超", "党政办公室"),
    _clerk("chengjian", "张伟", "城乡建设和交通局", role="填报员（城乡建设和交通局，无单位审核）"),
    _clerk("jingfa", "吴昊", "经济发展局"),
    _clerk("shichang", "徐静", "市场监督管理局"),
    _clerk("yingji", "郭磊", "应急管理局"),
    _clerk("gongan", "林涛", "公安分局"),
    _clerk("xiaofang", "何勇", "消防救援大队"),
    _clerk("guanghe", "许娟", "洸河街道", role="协办街道（洸河街道）"),
    _clerk("liuhang", "孔凡涛", "柳行街道"),
    _clerk("huangtun", "颜秀梅", "黄屯街道"),
    _clerk("wangyin", "曹海波", "王因街道"),
    _clerk("jiezhuang", "冯雪", "接庄街道"),
    _clerk("caizheng", "邵建国", "财政金融局", role="协办单位（财政金融局，报资金）"),
)


def settle(jurisdiction: Jurisdiction) -> dict[str, User]:
    """Make the people with their rights, those there stay as they are; users by name."""
    units = {unit.name: unit for unit in Department.objects.filter(jurisdiction=jurisdiction, parent=None)}
    found = {}
    for place, person in enumerate(PEOPLE, start=1):
        unit = units.get(person.unit)
        user = User.objects.filter(username=person.username).first()
        if user is None:
            user = User.objects.create_user(
                person.username,
                password=PASSWORD,
                name=person.name,
                department=unit,
                jurisdiction=jurisdiction,
                telephone=f"0537-55501{place:02d}",
            )
            for perm in person.on_area:
                grants.give(perm, jurisdiction, to=user, by=None)
            for perm in person.on_unit if unit else ():
                grants.give(perm, units[person.unit], to=user, by=None)
        found[person.username] = user
    return found


def sign_ins() -> list[str]:
    """A line for each role: who, user name, password."""
    return [f"{person.role}：{person.username} / {PASSWORD}" for person in PEOPLE if person.role]
