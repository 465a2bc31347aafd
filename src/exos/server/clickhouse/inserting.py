"""Where an INSERT goes."""

from __future__ import annotations

from exos.server.clickhouse import harm
from exos.server.clickhouse.failures import Failed
from exos.server.clickhouse.statements import Insert, tokens
from exos.store.quoting import quote_name
from exos.store.session import Session


def target(session: Session, insert: Insert, database: str) -> tuple[str, str]:
    """The table, quoted, and the list of columns as SQL, empty for all. `database`: for a table named without one.

    Raises Failed for table functions and for names that are parameters.
    """
    tree = harm.parse(session, insert.whole)
    table = tree["table"]["name"] if tree and "table" in tree else ""
    given = tree["database"]["name"] if tree and "database" in tree else database
    if not table or not given:
        message = "Data can be inserted into a table that is named, not into a function or a parameter"
        raise Failed(48, "NOT_IMPLEMENTED", message)
    signs = [token for token in tokens(insert.statement.encode()) if token.raw in (b"(", b")")]
    columns = insert.statement.encode()[signs[0].start : signs[-1].end].decode() if signs else ""
    return f"{quote_name(given)}.{quote_name(table)}", columns
