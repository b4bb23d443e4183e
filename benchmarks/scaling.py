"""How the time of extraction grows with the length of a text, also of texts made to be slow.

    python benchmarks/scaling.py [--model FOLDER] [--characters 32000] [--texts prose words ...]

Each text is one piece repeated, read at a quarter of the length and at the whole. The exponent is log(t2 / t1) / log 4:
1 is linear, 2 quadratic. Times are of the processor; parts of less than 20 ms are too short to tell.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

from kg.extract import build_pipeline

PROSE = (
    "We propose LoRA (Low-Rank Adaptation), which freezes a large language model. It reduces GPU memory by 3x compared to "
    "Adam, while accuracy on GLUE and ImageNet improves by 1.2%, and outperforms adapters. Code is at https://x.org/a. "
)
TEXTS = {
    "prose": PROSE,
    "one sentence": PROSE.replace(". ", ", and "),
    "one paragraph of names": "LoRA, BERT, GPT-4, GLUE, accuracy, ",
    "new names": "A{n}Net, ",
    "new names and their initials": "Big Fast{n} Nets, BF{n}N, ",
    "definitions": "Low Rank Adaptation{n} (LRA{n}), ",
    "cuts": "it is so, and ",
    "cuts with results": "it improves accuracy of BERT by 5%, and ",
    "values": "5% 1,000.5x ",
    "brackets": "(",
    "nested": "(a) ",
    "stops": ".",
    "capitals and stops": "A. ",
    "et al.": "et al. We ",
    "quotes": "\"'",
    "hyphens": "a-",
    "than": "better than ",
    "addresses": "http://a.b/",
    "one word": "a",
    "space": " ",
    "lines": "a\n",
    "Chinese": "我们提出方法。",
    "Arabic": "نقترح طريقة. ",
    "controls": "\x01\x02 ",
}


def make(piece: str, length: int) -> str:
    """A title and the piece repeated up to a length; {n} counts, in letters."""
    pieces, size, n = ["A title\n"], 0, 0
    while size < length:
        pieces.append(piece.replace("{n}", "".join(chr(ord("a") + n // 26**k % 26) for k in range(3))))
        size, n = size + len(pieces[-1]), n + 1
    return "".join(pieces)


def times(nlp, text: str) -> dict[str, float]:
    """Seconds of the processor of each component."""
    start = time.process_time()
    doc, out = nlp.make_doc(text), {}
    out["tokenizer"] = time.process_time() - start
    for name, pipe in nlp.pipeline:
        start = time.process_time()
        doc = pipe(doc)
        out[name] = time.process_time() - start
    return out


def exponent(short: float, long: float) -> float:
    return math.log(max(long, 1e-9) / max(short, 1e-9)) / math.log(4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, help="the folder of a trained model; rules without")
    parser.add_argument("--characters", type=int, default=32_000)
    parser.add_argument("--texts", nargs="+", choices=TEXTS, default=list(TEXTS), metavar="TEXT")
    options = parser.parse_args()
    nlp = build_pipeline(model=options.model)
    nlp(make(PROSE, 1000))  # tables are loaded
    print("| text | seconds | exponent | steepest part |\n|---|---|---|---|")
    for name in options.texts:
        short, long = (times(nlp, make(TEXTS[name], n)) for n in (options.characters // 4, options.characters))
        steep = max((n for n in long if long[n] > 0.02), key=lambda n: exponent(short[n], long[n]), default=None)
        part = f"{steep} {exponent(short[steep], long[steep]):.2f} ({long[steep]:.2f} s)" if steep else ""
        total = exponent(sum(short.values()), sum(long.values()))
        print(f"| {name} | {sum(long.values()):.3f} | {total:.2f} | {part} |", flush=True)


if __name__ == "__main__":
    main()
