"""Writing many rows that are there already: one prepared statement over all of them."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from django.db import connections, models, router, transaction

One = TypeVar("One")
ROWS_AT_ONCE: Final = 500  # in one statement, or one message to the server


def batched(things: Sequence[One], size: int) -> Iterator[Sequence[One]]:
    """``things`` in runs of ``size``, so that what is made of them need not be held for all at once."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Save ``fields`` of each of ``rows``, as ``bulk_update`` does, several times as fast: no CASE over all of them.

    Constraints are checked row by row: what changes places must step aside first.
    """
    if not rows or not fields:
        return
    meta = type(rows[0])._meta
    columns: list[Any] = [meta.get_field(name) for name in fields]
    alias = router.db_for_write(type(rows[0]))
    connection = connections[alias]
    quote = connection.ops.quote_name
    key: Any = meta.pk
    sets = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    # Names of columns and tables, quoted; the values are parameters.
    sql = f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {quote(key.column)} = %s"  # noqa: S608
    values: list[list[Any]] = [
        [
            *(column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns),
            row.pk,
        ]
        for row in rows
    ]
    with transaction.atomic(using=alias, savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_batch  # type: ignore[import-untyped]

            execute_batch(cursor, sql, values, page_size=ROWS_AT_ONCE)
        else:
            cursor.executemany(sql, values)
