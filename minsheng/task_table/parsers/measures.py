"""What things are counted and measured in."""

import re

# Longer words first.
_TEXT = (
    "个百分点 微克/立方米 毫克/立方米 毫克/升 平方公里 平方千米 平方米 立方米 兆伏安 千瓦时 兆瓦时 标准车 人次 "
    "人份 户次 例次 项次 件次 家次 所次 组次 课次 节次 站次 剂次 针次 份次 团次 对次 场次 班次 车次 批次 架次 "
    "台次 台套 台件 课时 学时 航次 频次 个次 伏安 公里 千米 公顷 平米 千瓦 兆瓦 公斤 千克 万元 亿元 延米 里程 "
    "方米 立方 公升 华里 KM Km km MW kW KW GW M2 m2 m3 M3 M 个 人 户 所 处 座 家 名 位 套 台 辆 条 张 栋 幢 间 场 "
    "次 件 部 盏 株 棵 穴 口 亩 米 ㎡ ㎥ 吨 项 期 班 门 对 只 头 支 批 本 册 份 孔 眼 片 块 根 节 组 队 例 宗 起 "
    "篇 首 艘 架 路 顶 扇 面 床 桩 枪 杆 枚 颗 匹 羽 尾 箱 袋 桶 瓶 瓦 团 站 点 村 校 店 园 镇 社 厂 页 幅 盆 "
    "套件 倍 遍 轮 趟 笔 种 堂 把 方 管 剂 粒 盒 罐 桌 副 双 卷 集 档 克 升 列 天 ㎞ ％ % ‰ "
)
MEASURES = _TEXT.split()
# Words that a measure must not be the beginning of: 3方面, 5管网.
_NOT_BEFORE = {
    "方": "面向式案针便法位言", "管": "网道理线廊护委控", "列": "入为车", "把": "握关", "轮": "廓椅换", "种": "植养",
    "节": "气", "集": "中体团镇散贸", "双": "减创拥", "档": "案", "升": "级降",
}  # fmt: skip
MEASURE = "|".join(re.escape(word) + (f"(?![{_NOT_BEFORE[word]}])" if word in _NOT_BEFORE else "") for word in MEASURES)
