"""The store: one ClickHouse, embedded or a server, behind one small interface."""

import os

# The embedded engine's allocator reads this when it is loaded. By itself it keeps freed memory for five seconds, which at the
# end of a large import was 130 MiB that nobody used; one second costs no measurable CPU. What the environment says goes first.
os.environ.setdefault("JE_MALLOC_CONF", "dirty_decay_ms:1000")
