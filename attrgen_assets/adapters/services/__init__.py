"""Servers of our own for development: found, started once, shared by every process of this installation, stopped.

    with embedded_mongo(home) as uri:  ...
    with embedded_redis(home) as url:  ...

Who is who, per server, under `home/services/<name>/` (0700):

    start.lock    held while a server is looked for, started or stopped: one process at a time
    server.lock   held by the server's own process for as long as it lives; its text is the process id
    users.lock    every user holds a share; whoever can have it alone knows that nobody uses the server

All three are kernel locks, so that kill -9 of anybody leaves no stale one. The first user starts the server, in a
session of its own (Ctrl-C does not reach it) under a keeper process that waits for `users.lock`. The last user to
leave stops it and waits until it is down; usually that is the one that started it, but when others are still
attached they keep it. Where users die without leaving, the keeper stops the server as soon as the last is gone.
"""

from attrgen_assets.adapters.services.mongod import embedded_mongo
from attrgen_assets.adapters.services.redis_server import embedded_redis

__all__ = ["embedded_mongo", "embedded_redis"]
