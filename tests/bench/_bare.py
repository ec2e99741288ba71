"""An exercise desk with one more endpoint, ``POST /bare``: one row, one commit, nothing else. The baseline."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import Depends, Request
from sqlalchemy import Column, Table, insert
from starlette.responses import Response

from cna_service.app import create_app
from cna_service.bootstrap import Settings, build
from cna_service.db.types import Bytes, RowId, metadata

bare = Table("bare", metadata, Column("id", RowId, primary_key=True), Column("body", Bytes, nullable=False))


async def _body(request: Request) -> bytes:
    return await request.body()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    asked = parser.parse_args()
    running = build(Settings(data=asked.data, port=asked.port), exercise=True)
    database = running.service.database
    with database.write() as connection:
        bare.create(connection)
    app = create_app(running)

    @app.post("/bare", status_code=201)
    def keep(body: Annotated[bytes, Depends(_body)]) -> Response:
        with database.write() as connection:
            connection.execute(insert(bare).values(body=body))
        return Response(b'{"kept":true}', status_code=201, media_type="application/json")

    running.start()
    uvicorn.run(app, port=asked.port, log_level="error", access_log=False)
    running.stop()


if __name__ == "__main__":
    main()
