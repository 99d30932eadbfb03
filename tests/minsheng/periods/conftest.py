"""The supervision office, signed in."""

import pytest


@pytest.fixture
def office(world, client):
    client.force_login(world.office)
    return client
