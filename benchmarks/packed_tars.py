"""Time and peak memory of opening every member of a .tar.gz, as long runs over PMC's bulk files do.

python benchmarks/packed_tars.py --members 1000 5000 20000
"""

import argparse
import io
import os
import resource
import tarfile
import tempfile
import time
from pathlib import Path

from kgbuild.read import Source, find_sources

MEMBER_BYTES = 10_000


def write_archive(path: Path, n_members: int) -> None:
    """An archive of hexadecimal noise, which packs to about half its size."""
    with tarfile.open(path, "w:gz", compresslevel=1) as packed:
        for number in range(n_members):
            info = tarfile.TarInfo(f"{number}.xml")
            info.size = MEMBER_BYTES
            packed.addfile(info, io.BytesIO(os.urandom(MEMBER_BYTES // 2).hex().encode()))


def read_archive(path: Path) -> int:
    """How many bytes all members have together."""
    n_bytes = 0
    for source in find_sources([str(path)]):
        if isinstance(source, Source):
            with source.open() as stream:
                n_bytes += len(stream.read())
    return n_bytes


def main() -> None:
    """Measure and print a table, the smallest archive first, since the peak of a process only grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, nargs="+", default=[1000, 5000, 20_000])
    print("| members | MiB unpacked | CPU seconds | ms a member | peak MiB |\n|---|---|---|---|---|")
    for n_members in sorted(parser.parse_args().members):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "papers.tar.gz")
            write_archive(path, n_members)
            started = time.process_time()
            n_bytes = read_archive(path)
            seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"| {n_members} | {n_bytes // 1024**2} | {seconds:.1f} | {1000 * seconds / n_members:.2f} | {peak} |")


if __name__ == "__main__":
    main()
