"""The PostgreSQL driver is psycopg2: Django takes psycopg 3 as soon as it is installed, and nobody would notice."""

from importlib.util import find_spec


def test_the_driver_is_psycopg2():
    assert find_spec("psycopg") is None
    assert find_spec("psycopg2") is not None
