"""The store: one ClickHouse, embedded or a server, behind one small interface."""
