"""Watches every transaction of every test on PostgreSQL for the order of its row locks (``departments/locks.py``).

SQLite knows no row locks, and nothing is watched there.
"""

import re
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from departments.locks import ORDER

_LOCKS = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE(?: OF "(\w+)")?', re.DOTALL)
_WRITES = re.compile(r'^(?:UPDATE|DELETE FROM) "(\w+)"')
_MAKES = re.compile(r'^INSERT INTO "(\w+)"')


@dataclass
class Transaction:
    """What a transaction has locked or made so far, in ranks of ``ORDER``."""

    mark: tuple[object, str | None]
    locked: set[int] = field(default_factory=set)
    made: set[int] = field(default_factory=set)


class LockOrder:
    """``found`` says of each table that was locked after one that stands below it."""

    def __init__(self):
        self.found = []
        self._running = WeakKeyDictionary()

    def watch(self, connection, **_signal):
        """Each new connection."""
        if connection.vendor == "postgresql":
            connection.execute_wrappers.append(self)

    def __call__(self, execute, sql, params, many, context):
        self._look(sql if isinstance(sql, str) else sql.decode(), context["connection"])
        return execute(sql, params, many, context)

    def _look(self, sql, connection):
        at = self._transaction(connection)
        if at is None:
            return
        if (made := _MAKES.match(sql)) and made[1] in ORDER:
            at.made.add(ORDER.index(made[1]))
        said = _LOCKS.search(sql) or _WRITES.match(sql)
        table = said and (said[said.lastindex])
        if table not in ORDER:
            return
        rank = ORDER.index(table)
        if rank not in at.locked | at.made and any(rank < other for other in at.locked):
            held = ", ".join(ORDER[other] for other in sorted(at.locked))
            self.found.append(f"{table} is locked after {held}: {sql[:200]}")
        at.locked.add(rank)

    def _transaction(self, connection):
        """What the running transaction has done; ``None`` outside of one. A test's own, which wraps it, is none."""
        own = sum(not atomic._from_testcase for atomic in connection.atomic_blocks)
        if not own:
            return None
        around = len(connection.atomic_blocks) - own
        # In a test's transaction each service is a block of its own, mostly with a savepoint (one that decorates is the
        # same block each time); else a commit or rollback ends the list of hooks.
        block, hooks = connection.atomic_blocks[around], connection.run_on_commit
        mark = (block, connection.savepoint_ids[around - 1]) if around else (hooks, None)
        at = self._running.get(connection)
        if at is None or at.mark[0] is not mark[0] or at.mark[1] != mark[1]:
            at = self._running[connection] = Transaction(mark)
        return at
