"""Names of units broken over the lines of a narrow cell where a name could end."""

import pytest

from minsheng.task_table.parsers.units import parse_units


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("区住房和城乡", "建设局"),
        ("市住房城乡", "建设委员会"),
        ("县乡村", "振兴局"),
        ("区农业农村", "水利局"),
        ("县农村", "信用联社"),
        ("区城市", "管理和综合执法局"),
        ("区市", "场监督管理局"),
        ("县文化广电", "旅游局"),
        ("县机关", "事务管理局"),
        ("县委", "组织部"),
        ("中共临江市委", "宣传部"),
    ],
)
def test_one_name_over_two_lines(first, second):
    assert parse_units(f"{first}\n{second}").value == (first + second,)
    assert parse_units(f"县财政局\n{first}\n{second}\n县残联").value == ("县财政局", first + second, "县残联")


def test_one_name_over_three_lines():
    assert parse_units("区住房和\n城乡\n建设局").value == ("区住房和城乡建设局",)
    assert parse_units("区住房和城乡\n建设\n局").value == ("区住房和城乡建设局",)


@pytest.mark.parametrize(
    "names",
    [
        ("城关乡", "建设局"),
        ("新城乡", "旧城乡"),
        ("县住建局", "各乡村", "县水利局"),
        ("大坪村", "振兴村"),
        ("县农业农村局", "县水利局"),
        ("农业农村", "水利"),
        ("县委", "县政府"),
        ("县卫健委", "组织部门"),
        ("县广电", "县文旅局"),
        ("运城市", "晋城市"),
    ],
)
def test_two_names_stay_two(names):
    assert parse_units("\n".join(names)).value == names


def test_a_name_that_is_known_is_whole():
    assert parse_units("县委\n组织部", known=("县委", "组织部")).value == ("县委", "组织部")
