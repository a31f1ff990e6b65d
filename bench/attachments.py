# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Files per second by format, growth with size and members, and what the sandbox costs: ``python -m bench.attachments``.

With a folder as argument its files are measured too, by extension. Prints figures; asserts nothing.
"""

import io
import random
import statistics
import sys
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from bench.workloads import _docx, _jpeg, _pdf, _text
from PIL import Image

from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.adapters.no_engines import NoScanner
from poststelle.inspection.budget import Budget
from poststelle.inspection.document import look
from poststelle.inspection.message import inspect_attachment

ROUNDS = 40
OFFICE = "http://schemas.openxmlformats.org"


def _workbook(rows: int) -> bytes:
    cells = "".join(f"<row><c><v>{row}</v></c><c><f>A{row}*2</f><v>{row * 2}</v></c></row>" for row in range(rows))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{OFFICE}/package/2006/content-types"><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="a" '
        f'Type="{OFFICE}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": "<workbook/>",
        "xl/worksheets/sheet1.xml": f"<worksheet>{cells}</worksheet>",
    }
    return _archive({name: part.encode() for name, part in parts.items()})


def _opendocument(paragraphs: int) -> bytes:
    words = "<t:p>Sehr geehrte Damen und Herren</t:p>" * paragraphs
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return _archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": f'<o:d xmlns:o="urn:o" xmlns:t="urn:t">{words}</o:d>'.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _picture(kind: str, side: int) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3)).save(out, kind)
    return out.getvalue()


def samples() -> dict[str, bytes]:
    """One file of each format, of the size citizens send."""
    dice = random.Random(36)
    pdf, letter = _pdf(dice, 70_000), _docx(dice, 60_000)
    return {
        "pdf": pdf,
        "docx": letter,
        "xlsx": _workbook(3_000),
        "odt": _opendocument(3_000),
        "jpg": _jpeg(dice, 1_000_000),
        "png": _picture("PNG", 500),
        "bmp": _picture("BMP", 500),
        "txt": _text(dice, 20_000).encode(),
        "zip": _archive({"Antrag.pdf": pdf, "Anlage.docx": letter}),
    }


def _seconds(run: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return taken


def _row(label: str, taken: list[float], size_bytes: int) -> None:
    taken = sorted(taken)
    p50, p95, p99 = (taken[min(len(taken) - 1, int(len(taken) * share))] * 1e3 for share in (0.5, 0.95, 0.99))
    rate = len(taken) / sum(taken)
    print(
        f"{label:>18} {size_bytes / 1e3:9.0f} KB {rate:8.0f} files/s  p50 {p50:7.2f}  p95 {p95:7.2f}  p99 {p99:7.2f} ms"
    )


def _formats(files: dict[str, bytes]) -> None:
    print("by format, in this process")
    for name, content in files.items():
        _row(name, _seconds(lambda name=name, content=content: look(content, (f"a.{name}",), Budget())), len(content))


def _sandbox(files: dict[str, bytes]) -> None:
    print("cost of the sandbox, median")
    pool = InspectorPool(NoScanner(), None, PoolSettings(workers=1))
    try:
        for name, content in files.items():
            shown = f"a.{name}"
            here = statistics.median(_seconds(lambda n=shown, c=content: inspect_attachment(c, n, time.process_time)))
            there = statistics.median(_seconds(lambda n=shown, c=content: pool.inspect_file(io.BytesIO(c), n, 30)))
            print(f"{name:>18} here {here * 1e3:7.2f} ms, through the pool {there * 1e3:7.2f} ms")
    finally:
        pool.close()


def _growth() -> None:
    print("growth with size and with members")
    for rows in (1_000, 10_000, 100_000, 400_000):
        book = _workbook(rows)
        _row(f"xlsx {rows} rows", _seconds(lambda book=book: look(book, ("a.xlsx",), Budget()), 3), len(book))
    for count in (10, 100, 1_000, 5_000):
        archive = _archive({f"{number}.txt": b"Guten Tag" for number in range(count)})
        _row(f"zip {count} members", _seconds(lambda a=archive: look(a, ("a.zip",), Budget()), 3), len(archive))


def _folder(folder: Path) -> None:
    print(f"by extension, files of {folder.name}")
    taken: dict[str, list[float]] = defaultdict(list)
    sizes: dict[str, int] = defaultdict(int)
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        content = path.read_bytes()
        kind = path.suffix.lower()[:8] or "none"
        taken[kind] += _seconds(lambda c=content, n=path.name: look(c, (n,), Budget()), 1)
        sizes[kind] += len(content)
    for kind, row in sorted(taken.items(), key=lambda item: -len(item[1]))[:25]:
        _row(f"{kind} x{len(row)}", row, sizes[kind] // len(row))
    _row("all", [second for row in taken.values() for second in row], sum(sizes.values()))


def main() -> None:
    """Print the tables."""
    files = samples()
    _formats(files)
    _sandbox(files)
    _growth()
    for argument in sys.argv[1:]:
        _folder(Path(argument))


if __name__ == "__main__":
    main()
