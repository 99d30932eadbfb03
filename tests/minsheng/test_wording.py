"""The framework's messages in our words: they are found under Django's ids, and a form says them."""

import gettext
from pathlib import Path

import django
import pytest
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from minsheng.wording import MESSAGES

CATALOGUES = [
    Path(django.__file__).parent / folder / "locale/zh_Hans/LC_MESSAGES" for folder in ("conf", "contrib/auth")
]


def test_each_is_a_message_of_djangos():
    known = set()
    for folder in CATALOGUES:
        with (folder / "django.mo").open("rb") as file:
            known.update(gettext.GNUTranslations(file)._catalog)
    assert set(MESSAGES) <= known


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (forms.CharField(), "", "此项必填。"),
        (forms.CharField(max_length=3), "一二三四", "最多填写3个字符，现有4个。"),
        (forms.CharField(min_length=3), "一", "至少填写3个字符，现有1个。"),
        (forms.CharField(), "一\0二", "内容中含有无法识别的字符，请删除后重新填写。"),
        (forms.IntegerField(), "x", "请填写整数。"),
        (forms.IntegerField(max_value=2100), "9999", "不能大于2100。"),
        (forms.DecimalField(max_digits=3), "1234", "最多填写3位数字。"),
        (forms.DecimalField(decimal_places=1), "1.23", "小数最多填写1位。"),
        (forms.DecimalField(max_digits=3, decimal_places=1), "123", "小数点前最多填写2位。"),
        (forms.ChoiceField(choices=[("a", "a")]), "b", "“b”不在可选范围内，请重新选择。"),
        (
            forms.FileField(max_length=3),
            SimpleUploadedFile("四字文件", b"1"),
            "文件名最多3个字符，现有4个，请缩短后重新上传。",
        ),
        (forms.FileField(), SimpleUploadedFile("a", b""), "所选文件是空文件，请检查后重新选择。"),
    ],
)
def test_what_a_field_says(field, value, said):
    with translation.override("zh-hans"), pytest.raises(forms.ValidationError) as refused:
        field.clean(value)
    assert refused.value.messages == [said]


def test_rules_of_passwords_address_nobody():
    with translation.override("zh-hans"):
        texts = password_validators_help_texts()
    assert not [text for text in texts if "你" in text or "您" in text]
    assert texts[0] == "密码不能与个人信息过于相近。"
