"""Under Jupyter's server with the extension of the widgets, small messages leave at once."""

import asyncio
import json
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_server.extension.manager import ExtensionPackage
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from cnnkit.widgets import server

CONFIG = Path(server.__file__).with_name("cnnkit.json")


class Connection:
    """As the server has them: made for a handler, connected once its socket is open."""

    def __init__(self, websocket_handler: WebSocketHandler):
        self.websocket_handler = websocket_handler

    async def connect(self) -> str:
        return "connected"


class Handler(WebSocketHandler):
    """Tells its browser whether the socket sends at once, and what ``connect`` gave."""

    def initialize(self, kind: type):
        self.kind = kind

    async def open(self):
        gave = await self.kind(self).connect()
        stream = self.ws_connection.stream.socket
        await self.write_message(
            json.dumps([stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), gave])
        )


async def asked(kind: type) -> list:
    listening, port = bind_unused_port()
    http = HTTPServer(Application([("/", Handler, {"kind": kind})]))
    http.add_socket(listening)
    client = await websocket_connect(f"ws://127.0.0.1:{port}/")
    told = await client.read_message()
    client.close()
    http.stop()
    await http.close_all_connections()
    return json.loads(told)


@pytest.mark.parametrize("kind, at_once", [(Connection, 0), (server.at_once(Connection), 1)])
def test_a_connection_sends_at_once_and_connects_as_before(kind, at_once):
    """The plain one shows that a socket does not do so by itself."""
    assert asyncio.run(asked(kind)) == [at_once, "connected"]


def test_loading_changes_the_class_that_the_server_has_chosen():
    settings = {server.SETTING: ZMQChannelsWebsocketConnection}
    server._load_jupyter_server_extension(
        SimpleNamespace(web_app=SimpleNamespace(settings=settings))
    )
    assert issubclass(settings[server.SETTING], ZMQChannelsWebsocketConnection)
    assert settings[server.SETTING] is not ZMQChannelsWebsocketConnection


def test_the_server_asks_for_its_class_under_that_name():
    handler = SimpleNamespace(settings={server.SETTING: Connection})
    assert KernelWebsocketHandler.kernel_websocket_connection_class.fget(handler) is Connection


def test_what_is_enabled_is_an_extension():
    (name,) = json.loads(CONFIG.read_bytes())["ServerApp"]["jpserver_extensions"]
    assert ExtensionPackage(name=name).validate()
