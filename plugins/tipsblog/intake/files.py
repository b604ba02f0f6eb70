"""The built site beside the service, for a trial, while builds go on."""

from __future__ import annotations

import mimetypes
import os
from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

#: Unlike the service's own pages, the blog's may be framed: the gadget is.
HEADERS = {"cache-control": "no-cache", "content-security-policy": "default-src 'self'"}


class WholeFiles(StaticFiles):
    """Serves each file as it is at one moment.

    Starlette tells a file's length first and opens it afterwards. A build that
    replaces the file in between would break the answer off.
    """

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        try:
            body = Path(full_path).read_bytes()
        except OSError as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error
        kind = mimetypes.guess_type(str(full_path))[0] or "text/plain"
        return Response(body, status_code, HEADERS, kind)
