"""Files to take along: written whole to a nameless file, then streamed as fast as it is read.

Memory does not grow with the file, no connection is held while somebody downloads, and
whatever happens, nothing stays on disk.
"""

import re
import tempfile
from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from django.http import StreamingHttpResponse

IN_MEMORY = 2**20  # bytes kept in memory; more goes to an unnamed file
CHUNK = 2**16


def spool() -> IO[bytes]:
    """Return a file without a name to write to."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (its reader closes it)
    return file


def respond(file: IO[bytes], *, name: str, content_type: str) -> StreamingHttpResponse:
    """Answer with what was written, as a download called ``name``.

    The ASCII name comes last: the web client takes whatever follows the first ``filename=``
    that it finds (contract 3.9), and newer ones read RFC 6266's ``filename*``.
    """
    file.seek(0)
    response = StreamingHttpResponse(_pieces(file), content_type=f"{content_type}; charset=utf-8")
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", name)
    full = "" if plain == name else f"filename*=UTF-8''{quote(name, safe='')}; "
    response["Content-Disposition"] = f'attachment; {full}filename="{plain}"'
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece
