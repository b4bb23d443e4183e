"""Time and memory of bringing the records of papers together, in memory and through a file.

    python benchmarks/merging.py ../shared/data/abstracts/*.jsonl.gz [--papers 2000 10000 50000]

Each line is a process of its own, which reads so many records of the files and merges them; reading alone is the first.
Seconds are of the processor, memory is what the process held at most beyond what it held before.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from itertools import islice

from kg.read import merge_papers, merge_stream, read_papers
from kg.schema import Paper

WAYS: dict[str, Callable] = {"reading alone": iter, "merge_papers": merge_papers, "merge_stream": merge_stream}


def measure(way: str, paths: list[str], papers: int) -> None:
    start, before = time.process_time(), peak()
    records: Iterator[Paper] = islice(read_papers(paths, report=lambda problem: None), papers)
    found = sum(1 for _ in WAYS[way](records))
    print(f"| {papers:,} | {way} | {found:,} | {time.process_time() - start:.1f} | {peak() - before:.0f} |", flush=True)


def peak() -> float:
    """Megabytes that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--papers", nargs="+", type=int, default=[2_000, 10_000, 50_000])
    options = parser.parse_args()
    print("| records | way | papers | seconds | MB |\n|---|---|---|---|---|")
    for papers in options.papers:
        for way in WAYS:
            process = multiprocessing.get_context("spawn").Process(target=measure, args=(way, options.paths, papers))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
