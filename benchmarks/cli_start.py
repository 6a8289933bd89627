"""Median time of `kgbuild --help`, beside that of a Python process that does nothing.

python benchmarks/cli_start.py --runs 20
"""

import argparse
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "kgbuild --help": [sys.executable, "-m", "kgbuild", "--help"],
    "kgbuild build --help": [sys.executable, "-m", "kgbuild", "build", "--help"],
}


def seconds_of(command: list[str]) -> float:
    """Wall time of one run."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print a table; the first run of each command only warms the disk's cache."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    print("| command | median ms | slowest ms |\n|---|---|---|")
    for name, command in COMMANDS.items():
        seconds_of(command)
        times = [seconds_of(command) for _ in range(runs)]
        print(f"| {name} | {1000 * statistics.median(times):.0f} | {1000 * max(times):.0f} |")


if __name__ == "__main__":
    main()
