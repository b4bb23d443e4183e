"""Opening a file: compression by content, lines of bounded length, problems with file and line."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from kg.errors import ReadError
from kg.schema import Problem

__all__ = ["HEAD", "Source"]

HEAD = 1 << 16
"""Bytes at the start of a file that are looked at to tell its format."""

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
BROKEN = (OSError, EOFError, zlib.error)
"""What opening, reading and decompressing raise."""


@dataclass(frozen=True)
class Source:
    """A file to read papers from. A reader takes its `lines` and tells `problem` what it passed over.

    `page_year` is the year of a saved page, where the user said it; only readers of pages use it.
    """

    path: Path
    report: Callable[[Problem], None]
    max_line_bytes: int = 16_000_000
    page_year: int | None = None

    @property
    def name(self) -> str:
        """The file's name without its folder: what `Paper.sources` records."""
        return self.path.name

    def problem(self, what: str, line: int | None = None) -> None:
        """Report what is wrong with the file, or with one of its lines."""
        self.report(Problem(f"{self.path}:{line}" if line else str(self.path), what))

    def open(self) -> IO[bytes]:
        """The bytes of the file, decompressed. Raises OSError."""
        file = open(self.path, "rb")  # noqa: SIM115 - the caller closes it
        magic = file.read(4)
        file.seek(0)
        if magic[:2] == GZIP:
            return gzip.open(file)
        if magic == ZSTD:
            return io.BufferedReader(_Zstandard(file), HEAD)
        return file

    @cached_property
    def head(self) -> bytes:
        """The first bytes, decompressed. Raises ReadError where the file cannot be read or holds no text."""
        try:
            if self.path.is_dir():
                raise ReadError(f"a folder; name its files, for example {self.path}/*.txt")
            head = self._first_bytes()
        except FileNotFoundError as error:
            raise ReadError("no such file") from error
        except BROKEN as error:
            raise ReadError(f"cannot be read: {error}") from error
        if not head.strip():
            raise ReadError("empty")
        if b"\0" in head:
            raise ReadError("a binary file; expected UTF-8 text, plain or compressed by gzip or zstd")
        return head

    def _first_bytes(self) -> bytes:
        """Up to HEAD bytes; of a file that breaks off, those before the break, if there are any."""
        head = b""
        with self.open() as file:
            try:
                while len(head) < HEAD and (part := file.read1(HEAD - len(head))):  # type: ignore[attr-defined]
                    head += part
            except BROKEN:
                if not head:
                    raise
        return head

    def lines(self) -> Iterator[tuple[int, str]]:
        """Numbered lines without their ends; lines too long, not UTF-8 or with a NUL, and a broken end, are reported and passed over."""
        number = 0
        try:
            with self.open() as file:
                while line := file.readline(self.max_line_bytes + 1):
                    number += 1
                    if len(line) > self.max_line_bytes and not line.endswith(b"\n"):
                        self._skip_rest(file)
                        self.problem(f"a line longer than {self.max_line_bytes:,} bytes (max_line_bytes)", number)
                    elif (text := self._decode(line, number)) is not None:
                        yield number, text
        except BROKEN as error:
            self.problem(f"breaks off here: {error}; what stood before was kept", number + 1)

    def _skip_rest(self, file: IO[bytes]) -> None:
        while (part := file.readline(1 << 20)) and not part.endswith(b"\n"):
            pass

    def _decode(self, line: bytes, number: int) -> str | None:
        if b"\0" in line:
            self.problem("a NUL byte, so no text; the line was passed over", number)
            return None
        try:
            return line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            self.problem(f"not UTF-8 at byte {error.start + 1} of the line; save the file as UTF-8", number)
            return None


class _Zstandard(io.RawIOBase):
    """A zstd file as a stream that, unlike the library's own, tells a file that breaks off from one that ends."""

    STEP = 1024
    """Compressed bytes a step: at zstd's highest ratio they are 32 MB of text, so a hostile file stays bounded."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._frame, self._rest, self._out = file, None, b"", memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._out:
            data = self._rest or self._file.read(self.STEP)
            if not data:
                if self._frame is not None:
                    raise EOFError("the compressed file ended before its end marker")
                return 0
            self._out = memoryview(self._decompress(data))
        size = min(len(buffer), len(self._out))
        buffer[:size], self._out = self._out[:size], self._out[size:]
        return size

    def _decompress(self, data: bytes) -> bytes:
        import zstandard

        if self._frame is None:
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        try:
            out = self._frame.decompress(data)
        except zstandard.ZstdError as error:
            raise OSError(str(error)) from error
        self._rest = b""
        if self._frame.eof:
            self._frame, self._rest = None, self._frame.unused_data
        return out

    def close(self) -> None:
        self._file.close()
        super().close()
