"""Runs the blocks of Python in docs/DATA-TOOLS.md against a server: python check.py ADDRESS.

Each block makes a `table`, whose rows are held against those of the file that the block asks for.
"""

import csv
import io
import json
import os
import pathlib
import re
import sys
import tempfile
import urllib.request

import polars

EXAMPLE = "http://127.0.0.1:8080"


def rows_of(table) -> int:
    """How many rows a table of any of the tools has."""
    for count in ("height", "num_rows"):
        if hasattr(table, count):
            return getattr(table, count)
    return len(table)


def differences(address: str, name: str) -> list[str]:
    """Where a table as Parquet says something else than as CSV."""
    with urllib.request.urlopen(f"{address}/export/{name}.csv") as answer:
        plain = list(csv.DictReader(io.TextIOWrapper(answer, "utf-8", newline="")))
    typed = polars.read_parquet(f"{address}/export/{name}.parquet").to_dicts()
    if len(plain) != len(typed):
        return [f"{name}: {len(plain)} and {len(typed)} rows"]
    found = []
    for left, right in zip(plain, typed):
        for column, value in right.items():
            if isinstance(value, list):
                # As CSV, texts with a semicolon are written as JSON.
                value = json.dumps(value) if left[column].startswith("[") else "; ".join(value)
                left[column] = json.dumps(json.loads(left[column])) if left[column].startswith("[") else left[column]
            text = "" if value is None else str(value).removesuffix(".0")
            # As CSV, what a spreadsheet would take for a formula is guarded.
            if text != left[column].removeprefix("'").removesuffix(".0") and text != left[column]:
                found.append(f"{name}.{column}: {left[column]!r} and {text!r}")
    return found


def main() -> int:
    address = sys.argv[1].rstrip("/")
    for name in ("gifts", "nations", "animals", "events", "claims", "sources", "items", "flows", "statistics"):
        wrong = differences(address, name)
        if wrong:
            print("\n".join(wrong[:20]))
            return 1
    text = (pathlib.Path(__file__).parents[2] / "docs" / "DATA-TOOLS.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    os.chdir(tempfile.mkdtemp())
    for block in blocks:
        kind = re.findall(r"/export/(\w+)\.", block)[-1]
        with urllib.request.urlopen(f"{address}/export/{kind}.json") as answer:
            expected = len(json.load(answer))
        scope: dict = {}
        exec(compile(block.replace(EXAMPLE, address), "docs/DATA-TOOLS.md", "exec"), scope)
        found = rows_of(scope["table"])
        if found != expected:
            print(f"{found} rows of {kind}, and there are {expected}:\n{block}")
            return 1
        print(f"{kind}: {found} rows")
    return 0 if len(blocks) >= 4 else 1


if __name__ == "__main__":
    sys.exit(main())
