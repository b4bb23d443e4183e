"""The linker beside other rules for "one or two things", on the same pairs of names in the same run.

    python benchmarks/linking_peers.py [--shared ../shared] [--environment FOLDER]

RapidFuzz: WRatio of 0.8 and more, the default of neo4j-graphrag. SemHash: semantic duplicates at 0.95, as KGGen has it.
scispaCy: its abbreviation rules on "LONG (SHORT)". The peers pin other versions, so they run in an environment of their
own, made where there is none (some minutes); what cannot be installed or run is said.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from linking import STRICT, rows, same_pair, share

from kg import link
from kg.config import Settings

PEERS = {
    "RapidFuzz WRatio 0.8": ["rapidfuzz==3.14.6"],
    "SemHash 0.95": ["semhash==0.5.0"],
    "scispaCy abbreviations": ["spacy==3.8.18", "scispacy==0.6.2 --no-deps"],
}

WORKER = r"""
import json, sys
name, pairs = json.load(sys.stdin)
if name.startswith("RapidFuzz"):
    from rapidfuzz import fuzz, utils
    told = [fuzz.WRatio(a, b, processor=utils.default_process) >= 80 for a, b in pairs]
elif name.startswith("SemHash"):
    from semhash import SemHash
    told = [len(SemHash.from_records([a, b]).self_deduplicate(threshold=0.95).selected) == 1 for a, b in pairs]
else:
    import spacy
    from scispacy.abbreviation import AbbreviationDetector
    nlp = spacy.blank("en")
    nlp.add_pipe("abbreviation_detector")
    told = [any(nlp(f"We use {x} ({y}) here.")._.abbreviations for x, y in ((a, b), (b, a))) for a, b in pairs]
print(json.dumps(told))
"""


def run_peer(name: str, python: Path, pairs: list[tuple[str, str]]) -> list[bool] | str:
    """What a peer says of each pair, or why it says nothing."""
    for package in PEERS[name]:
        done = subprocess.run([python, "-m", "pip", "install", "-q", *package.split()], capture_output=True, text=True)
        if done.returncode:
            return "not installed: " + (done.stderr.strip().splitlines() or ["?"])[-1]
    asked = json.dumps([name, pairs])
    done = subprocess.run([python, "-c", WORKER], input=asked, capture_output=True, text=True, check=False)
    if done.returncode:
        return "does not run: " + done.stderr.strip().splitlines()[-1]
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--environment", type=Path, help="the peers' environment, made where there is none")
    options = parser.parse_args()
    folder = options.environment or Path(tempfile.mkdtemp())
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    data = rows(options.shared / "linking" / "pairs_dev.jsonl")
    pairs = [(row["a"], row["b"]) for row in data]
    lexicon = link.load_lexicon(Settings().lexicon)
    told: dict[str, list[bool] | str] = {"kg": [same_pair(row, lexicon) for row in data]}
    for name in PEERS:
        print(name, file=sys.stderr)
        told[name] = run_peer(name, python, pairs)
    print("| | accuracy | false merges | of these version, size, variant, lookalike | missed |\n|---|---|---|---|---|")
    for name, said in told.items():
        if isinstance(said, str):
            print(f"| {name} | {said} | | | |")
            continue
        merged = [row for row, same in zip(data, said, strict=True) if same and not row["same"]]
        missed = sum(row["same"] and not same for row, same in zip(data, said, strict=True))
        right = share(same == row["same"] for row, same in zip(data, said, strict=True))
        strict = sum(row.get("kind") in STRICT for row in merged)
        print(f"| {name} | {right:.3f} | {len(merged)} | {strict} | {missed} |")


if __name__ == "__main__":
    main()
