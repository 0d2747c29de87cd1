"""A process in DynamoDB's place that answers at once, and always the same: `python standin.py CERTIFICATE ITEMS`.

It prints its URL. CERTIFICATE is a file of its key and certificate, by which it speaks TLS as AWS does; ITEMS is one of
items by table, as JSON with DynamoDB's types. A GetItem gets the table's first item, a Query as many of them as it may;
what is written is accepted and forgotten. It ends with its standard input.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
from pathlib import Path
from typing import Any

Items = dict[str, list[dict[str, Any]]]


def answer(operation: str, asked: dict[str, Any], items: Items) -> dict[str, Any]:
    table = asked.get("TableName", "")
    units = {"ConsumedCapacity": {"TableName": table, "CapacityUnits": 1.0}}
    match operation:
        case "GetItem":
            found = items.get(table, [])[:1]
            return units | ({"Item": found[0]} if found else {})
        case "Query":
            found = items.get(table, [])[: asked.get("Limit")]
            return units | {"Items": found, "Count": len(found), "ScannedCount": len(found)}
        case "BatchGetItem":
            return {"Responses": {}, "UnprocessedKeys": {}, "ConsumedCapacity": []}
        case "UpdateItem" if asked.get("ReturnValues", "NONE") != "NONE":
            return units | {"Attributes": asked["Key"]}
    return units


def serve(tls: ssl.SSLContext, accepted: socket.socket, items: Items) -> None:
    """Answer the requests of one connection, one after the other."""
    with tls.wrap_socket(accepted, server_side=True) as connection, connection.makefile("rb") as stream:
        while head := _head(stream):
            asked = json.loads(stream.read(int(head["content-length"])))
            body = json.dumps(answer(head["x-amz-target"].partition(".")[2], asked, items)).encode()
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                b"Content-Type: application/x-amz-json-1.0\r\nConnection: keep-alive\r\n"
                b"x-amzn-RequestId: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body) + body
            )


def _head(stream: Any) -> dict[str, str]:
    """The headers of the next request by their lower-case names; none at the end."""
    head: dict[str, str] = {}
    while (line := stream.readline().strip()) or not head:
        if not line:
            return {}
        name, _, value = line.decode().partition(":")
        head[name.lower()] = value.strip()
    return head


def main() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[1])
    items: Items = json.loads(Path(sys.argv[2]).read_text())
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"https://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    threading.Thread(target=_accept, args=(listener, tls, items), daemon=True).start()
    sys.stdin.read()


def _accept(listener: socket.socket, tls: ssl.SSLContext, items: Items) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(tls, connection, items), daemon=True).start()


if __name__ == "__main__":
    main()
