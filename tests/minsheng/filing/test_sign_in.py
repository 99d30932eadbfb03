"""A sign-in that expires in the middle of a form loses nothing, and shows nothing to anybody else."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from departments.permissions import FILE_REPORT
from minsheng import sign_in
from projects.models import MonthlyReport
from tests.factories.departments import PASSWORD, UserFactory
from tests.minsheng.filing.test_views import address, typed

TEXT = "写了很久的一段话。"


@pytest.fixture
def expired(world, client):
    """The clerk had the form open; his session is gone, his browser sends what he typed."""
    return world, client, typed(world, typed_by=sign_in.typed_by(world.clerk), progress=TEXT)


def page(client, world):
    return client.get(address(world)).content.decode()


def test_a_part_of_a_page_is_told_and_gets_no_sign_in_page(world, client):
    answer = client.post(reverse("filing:autosave", args=[world.sub_item.pk, "2023-09"]), {}, HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer.content) == (401, b"")


def test_what_was_sent_is_there_after_signing_in_again(expired):
    world, client, data = expired
    sent = client.post(address(world), data)
    assert (sent.status_code, sent.url) == (302, f"{reverse('account_login')}?next={address(world)}")
    assert not MonthlyReport.objects.exists()

    client.force_login(world.clerk)
    restored = client.get(address(world))
    assert TEXT in restored.content.decode()
    assert restored.context["form"].restored
    assert not MonthlyReport.objects.exists()  # shown, not saved
    assert TEXT not in page(client, world)  # once


def test_nobody_else_is_shown_it(expired):
    world, client, data = expired
    client.post(address(world), data)
    client.force_login(UserFactory(grants={world.unit: [FILE_REPORT]}))
    assert TEXT not in page(client, world)
    client.force_login(world.clerk)
    assert TEXT not in page(client, world)


def test_signing_out_ends_it(expired):
    world, client, data = expired
    client.post(address(world), data)
    client.force_login(world.clerk)
    client.logout()
    client.force_login(world.clerk)
    assert TEXT not in page(client, world)


@pytest.mark.parametrize(
    "mark", ["", "forged", signing.dumps(1, salt="another")], ids=["none", "forged", "of another use"]
)
def test_what_no_form_of_ours_sent_is_not_kept(expired, mark):
    world, client, data = expired
    client.post(address(world), data | {"typed_by": mark})
    assert sign_in.KEY not in client.session


def test_what_is_far_too_long_is_not_kept(expired):
    world, client, data = expired
    client.post(address(world), data | {"progress": "长" * sign_in.MOST_CHARACTERS})
    assert sign_in.KEY not in client.session


def test_a_whole_office_behind_one_address_comes_at_the_same_hour(world):
    """More than may fail; and whoever then types a wrong password is only told so."""
    sign_in_page = reverse("account_login")
    for _ in range(130):
        person = Client()
        answer = person.post(sign_in_page, {"login": world.clerk.username, "password": PASSWORD})
        assert (answer.status_code, "sessionid" in person.cookies) == (302, True)
    wrong = Client().post(sign_in_page, {"login": world.clerk.username, "password": "wrong-x"})
    assert "用户名或密码" in wrong.content.decode()
