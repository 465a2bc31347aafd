"""The embedded engine as a ClickHouse server: its HTTP interface, spoken as ClickHouse speaks it.

endpoint.py answers requests; request.py reads them; statements.py finds the data behind an INSERT; harm.py refuses what
would reach beyond the database; running.py knows what runs, for KILL QUERY; encodings.py (un)packs; failures.py says
errors as a server does.
"""
