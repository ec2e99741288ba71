"""Callbacks of the simulated telephone company stay on this machine, whatever public URL the desk is given."""

from __future__ import annotations

import ssl

import httpx

_CONNECTIONS = 64


class ToThisMachine(httpx.BaseTransport):
    """Sends what is meant for ``public`` to ``local``; what was signed, the public URL, stays the ``Host`` header's."""

    def __init__(self, public: str, local: str) -> None:
        self._public, self._local = httpx.URL(public), httpx.URL(local)
        # Plain HTTP on loopback: reading all certificate authorities would take a tenth of a second.
        self._under = httpx.HTTPTransport(
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=False,
            limits=httpx.Limits(max_connections=_CONNECTIONS),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if (request.url.host, request.url.port) == (self._public.host, self._public.port):
            scheme, host, port = self._local.scheme, self._local.host, self._local.port
            request.url = request.url.copy_with(scheme=scheme, host=host, port=port)
        return self._under.handle_request(request)

    def close(self) -> None:
        self._under.close()


def client_for(public: str, local: str) -> httpx.Client:
    return httpx.Client(transport=ToThisMachine(public, local), trust_env=False)
