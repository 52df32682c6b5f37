"""An S3 server in memory on 127.0.0.1 that answers one request at a time, so that create-if-absent is atomic.

Usage: moto_serial.py [PORT]. Prints its address once it listens; POST /moto-api/reset empties it.
"""
import sys

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
server = make_server("127.0.0.1", port, DomainDispatcherApplication(create_backend_app), threaded=False)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
