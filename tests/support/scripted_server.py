# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A server that does as told with each connection: for the faults a real one hides."""

import socket
import threading
from abc import ABC, abstractmethod
from typing import Self


class ScriptedServer(ABC):
    """Accepts connections one after the other on the listener it is given, until left."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def connections(self) -> int:
        """How many were accepted so far."""
        return len(self._open)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            self._serve(connection)

    @abstractmethod
    def _serve(self, connection: socket.socket) -> None:
        """Answer as told."""
