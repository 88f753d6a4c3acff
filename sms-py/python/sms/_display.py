"""How things look in a terminal and in a notebook. Every text is escaped. The compiled module calls these."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

#: Rows that a table shows of itself.
SHOWN = 10

_LINE = 110
_CELL = 28


def counted(n: int, what: str) -> str:
    """``1 row``, ``2 rows``."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with a caption and a head, as HTML."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def _size(name: str, columns: Sequence[tuple[str, Sequence[str]]], rows: int) -> str:
    return f"{name}: {counted(rows, 'row')}, {counted(len(columns), 'column')}"


def _cut(text: str) -> str:
    line = "".join(c if c.isprintable() else " " for c in text)
    return line if len(line) <= _CELL else line[: _CELL - 1] + "…"


def frame_text(name: str, columns: Sequence[tuple[str, Sequence[str]]], rows: int) -> str:
    """The first rows of a frame, and as many columns as fit."""
    lines = [""] * (min(SHOWN, rows) + 1)
    fitting = 0
    for column, cells in columns:
        texts = [_cut(text) for text in (column, *cells)]
        width = max(map(len, texts))
        if len(lines[0]) + width + 2 > _LINE:
            break
        lines = [f"{line}  {text:<{width}}" for line, text in zip(lines, texts, strict=True)]
        fitting += 1
    if rows > SHOWN:
        lines.append(f"  … {counted(rows - SHOWN, 'more row')}")
    if fitting < len(columns):
        lines.append(f"  … {counted(len(columns) - fitting, 'more column')}")
    return "\n".join(line.rstrip() for line in (_size(name, columns, rows), *lines))


def frame_html(name: str, columns: Sequence[tuple[str, Sequence[str]]], rows: int) -> str:
    """The first rows of a frame as HTML."""
    caption = _size(name, columns, rows) + (f"; the first {SHOWN} are shown" if rows > SHOWN else "")
    return table(caption, [name for name, _ in columns], list(zip(*(cells for _, cells in columns), strict=True)))


def report_html(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], more: int, notice: str, page: str | None
) -> str:
    """The headline of each place of a report, and the whole page to unfold, in a frame of its own."""
    rest = f"<p>… {more} more</p>" if more else ""
    whole = (
        "<details><summary>The whole report</summary>"
        f'<iframe sandbox="" title="{escape(title)}" srcdoc="{escape(page)}" '
        'style="width: 100%; height: 40em; border: 1px solid"></iframe></details>'
        if page
        else ""
    )
    return f"{table(title, head, rows)}{rest}<p>{escape(notice)}</p>{whole}"


def explanation_html(heading: str, steps: Sequence[tuple[str, Sequence[str]]], parts: Sequence[Sequence[str]]) -> str:
    """The steps of an explanation, and what each part adds."""
    items = "".join(
        f"<li>{escape(text)}" + "".join(f"<br><small>{escape(reason)}</small>" for reason in reasons) + "</li>"
        for text, reasons in steps
    )
    added = table("What each part adds", ["Id", "Name", "Score", "Points"], parts) if parts else ""
    return f"<section><h4>{escape(heading)}</h4><ol>{items}</ol>{added}</section>"
