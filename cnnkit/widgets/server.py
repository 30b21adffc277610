"""A Jupyter server extension: a kernel's answer leaves the server at once.

To an event of a widget the kernel answers twice: that it is busy, and with the picture. By default
TCP holds the second, small message back until the browser has acknowledged the first, which
browsers put off for up to 40 ms (Nagle's algorithm, RFC 896, against delayed acknowledgements,
RFC 1122, 4.2.3.2). The server that runs beside this package sends at once.

Installing cnnkit enables it (``etc/jupyter/jupyter_server_config.d/cnnkit.json``); without it, in
somebody else's server, the widgets work and are slower.
"""

from __future__ import annotations

SETTING = "kernel_websocket_connection_class"  # Jupyter server's


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "cnnkit.widgets.server"}]


def _load_jupyter_server_extension(server: object) -> None:
    settings = server.web_app.settings
    settings[SETTING] = at_once(settings[SETTING])


def at_once(connection: type) -> type:
    """Derive a class of connections to kernels whose messages to the browser never wait.

    Parameters
    ----------
    connection : type
        The class that the server would use: with ``connect()`` and ``websocket_handler``.

    Returns
    -------
    type
        The same but for ``connect()``, which first sets TCP_NODELAY.

    Examples
    --------
    >>> class Connection:
    ...     websocket_handler = None
    ...     def connect(self):
    ...         return "connected"
    >>> at_once(Connection).__name__
    'Connection'
    """

    class AtOnce(connection):
        def connect(self):
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    AtOnce.__name__ = connection.__name__
    AtOnce.__qualname__ = connection.__qualname__
    return AtOnce
