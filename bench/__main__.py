"""Runs every benchmark, one after another, and writes bench/RESULTS.md.

python -m bench [--quick]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CAVEAT = """What counts are the ratios: both sides were measured in turns in one run, with the load and the servers on
the same cores and PostgreSQL without fsync. Times and rates alone say as much about the machine."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute each, on fewer rounds")
    quick = parser.parse_args().quick
    load = os.getloadavg()[0]
    names = sorted(path.stem for path in HERE.glob("[a-z]*.py"))
    results = [run(name, quick=quick) for name in names]
    (HERE / "RESULTS.md").write_text(page(results, quick=quick, load=load))
    return 0 if all(result["holds"] for result, _ in results) else 1


def run(name: str, *, quick: bool) -> tuple[dict[str, Any], str]:
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"bench.{name}", *(["--quick"] if quick else [])]
    lines = []
    with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or []:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        raise SystemExit(f"{name} ended with exit code {process.returncode}")
    return json.loads(lines[-1]), "".join(lines[:-1])


def page(results: list[tuple[dict[str, Any], str]], *, quick: bool, load: float) -> str:
    machine = f"{os.cpu_count()} cores with a load of {load:.1f} as it began, Python {platform.python_version()}"
    machine += ", the quick run" if quick else ""
    parts = [
        "# Results",
        f"{datetime.now(UTC).date().isoformat()}, {machine}. `make bench` writes this page anew.",
        CAVEAT,
    ]
    for result, lines in results:
        verdict = f"Its tightest bar: {result['of']} {result['ratio']:g}, bar {result['bar']:g}."
        holds = "All bars hold." if result["holds"] else "**A bar does not hold.**"
        parts.append(f"## {result['bench']}\n\n{holds} {verdict}\n\n```\n{lines}```")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(main())
