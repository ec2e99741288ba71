"""The least that a durable endpoint costs: one row, one commit, by the same framework, server, engine and settings.

``python -m tests.bench._bare DATABASE_URL PORT``; ends with its standard input.
"""

from __future__ import annotations

import json
import socket
import sys
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Request
from sqlalchemy import Column, LargeBinary, MetaData, Table, insert
from starlette.responses import Response

from cna_service.db.database import Database
from cna_service.db.types import RowId
from tests.bench._desk import end_with_input

_metadata = MetaData()
_row = Table("bare", _metadata, Column("id", RowId, primary_key=True), Column("body", LargeBinary))
_insert = insert(_row)


async def _body(request: Request) -> bytes:
    return await request.body()


def bare(database: Database) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.post("/api/v1/submissions")
    def submit(body: Annotated[bytes, Depends(_body)]) -> Response:
        with database.write() as connection:
            row = connection.execute(_insert, {"body": body}).inserted_primary_key[0]  # type: ignore[index]
        return Response(json.dumps({"row": row}), 201, media_type="application/json")

    return app


def main() -> None:
    url, port = sys.argv[1], int(sys.argv[2])
    database = Database(url)
    _metadata.create_all(database.engine)
    listening = socket.create_server(("127.0.0.1", port), backlog=1024)
    config = uvicorn.Config(bare(database), log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    end_with_input(server)
    print("ready", flush=True)
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
