"""The store: one ClickHouse, embedded or a server, behind one small interface."""

import os

# How long the embedded engine's allocator keeps what a query has freed; read when the engine's library is loaded, and what the
# environment says goes first. Memory that went back to the system comes again page by page: with one second a question after a
# short pause takes up to 1.7 times as long, with a minute an import holds a fifth more than with one second. Ten are between.
os.environ.setdefault("JE_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:10000")
