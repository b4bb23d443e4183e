"""Files of every kind, good and bad: what is read, what is reported and where, and that nothing else happens."""

from __future__ import annotations

import gzip
import importlib
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ReadError
from kg.read import read_papers, readers
from kg.schema import Paper

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A file of a name and a content."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def read(*paths: Path | str, **options: object) -> tuple[list[Paper], list[str]]:
    """The papers and the problems, without the folder's name."""
    problems: list[str] = []
    papers = list(read_papers(paths, report=lambda p: problems.append(f"{Path(p.where).name}: {p.what}"), **options))
    return papers, problems


def line(n: int, **fields: object) -> str:
    return json.dumps({"title": f"Paper {n}", "abstract": f"Words of {n}."} | fields) + "\n"


# ------------------------------------------------------------------------------------------------ JSON lines


def test_every_usual_field_of_a_json_record_is_taken(write: Write) -> None:
    record = line(
        1, id="arXiv:2402.03300v2", authors=["Ada  Lovelace", {"name": "M\\\"uller"}], published="2024-02-05", venue="ACL",
        url="https://arxiv.org/abs/2402.03300", doi="https://doi.org/10.1000/ABC", count="7", organization="Adobe",
        abstract="See https://github.com/a/b.git.",
    )  # fmt: skip
    [paper], problems = read(write("a.jsonl", record))
    assert problems == []
    assert (paper.id, paper.arxiv, paper.doi) == ("paper:arxiv-2402.03300", "2402.03300", "10.1000/abc")
    assert (paper.authors, paper.author_count) == (("Ada Lovelace", "Müller"), 2)
    assert (paper.published, paper.year, paper.venue, paper.count) == ("2024-02-05", 2024, "ACL", 7)
    assert (paper.url, paper.organization) == ("https://arxiv.org/abs/2402.03300", "Adobe")
    assert (paper.repositories, paper.sources) == (("https://github.com/a/b",), ("a.jsonl",))


@pytest.mark.parametrize(
    ("fields", "id_"),
    [
        ({"id": "2402.03300"}, "paper:arxiv-2402.03300"),
        ({"arxiv_id": "cs/0112017"}, "paper:arxiv-cs-0112017"),
        ({"url": "http://arxiv.org/pdf/2402.03300v1.pdf"}, "paper:arxiv-2402.03300"),
        ({"url": "https://huggingface.co/papers/2402.03300"}, "paper:arxiv-2402.03300"),
        ({"doi": "10.48550/arXiv.2402.03300"}, "paper:arxiv-2402.03300"),
        ({"id": "2018.eamt-main.1"}, "paper:acl-2018.eamt-main.1"),
        ({"id": "x", "url": "https://aclanthology.org/P18-1001.pdf"}, "paper:acl-P18-1001"),
        ({"doi": "10.18653/v1/p18-1001"}, "paper:acl-P18-1001"),
        ({"doi": "10.1145/3292500.3330701"}, "paper:doi-10.1145-3292500.3330701"),
        ({"id": "1234.5678"}, "paper:paper-1-"),
        ({"url": "https://openreview.net/forum?id=A12-12345"}, "paper:paper-1-"),
    ],
)
def test_identifiers_are_found_in_ids_and_addresses(write: Write, fields: dict[str, str], id_: str) -> None:
    [paper], _ = read(write("a.jsonl", line(1, **fields)))
    assert paper.id.startswith(id_)


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("A Bee; C Dee", ("A Bee", "C Dee")),
        ("A Bee, C Dee and E Eff", ("A Bee", "C Dee", "E Eff")),
        ("Bee, A and Dee, C", ("A Bee", "C Dee")),
        ("A Bee", ("A Bee",)),
        ([1, None, " "], ()),
        (7, ()),
    ],
)
def test_authors_come_as_lists_and_as_strings(write: Write, authors: object, names: tuple[str, ...]) -> None:
    [paper], problems = read(write("a.jsonl", line(1, authors=authors)))
    assert (paper.authors, paper.author_count, problems) == (names, len(names) or None, [])


@pytest.mark.parametrize(
    ("fields", "published", "year"),
    [
        ({"year": 2021}, None, 2021),
        ({"year": "2021.0"}, None, 2021),
        ({"date": "2021-02-30"}, None, 2021),
        ({"date": "May 6, 2021"}, None, 2021),
        ({"published": "2021-05-06T10:00:00Z", "year": 1999}, "2021-05-06", 2021),
        ({"year": "unknown"}, None, None),
        ({"year": 10**30}, None, None),
    ],
)
def test_dates(write: Write, fields: dict[str, object], published: str | None, year: int | None) -> None:
    [paper], _ = read(write("a.jsonl", line(1, **fields)))
    assert (paper.published, paper.year) == (published, year)


def test_what_could_harm_later_is_not_taken(write: Write) -> None:
    record = '{"title": "half \\ud800", "abstract": "a \\ud83d\\ude00", "url": "javascript:alert(1)", "count": 1e400}'
    [paper], _ = read(write("a.jsonl", record), write("b.jsonl", line(1, count=10**30, title=[1])))
    assert (paper.title, paper.abstract, paper.url, paper.count) == ("half ?", "a 😀", None, None)


def test_one_json_array_is_read(write: Write) -> None:
    papers, problems = read(write("a.json", "[\n" + line(1) + "," + line(2) + "]"))
    assert ([p.title for p in papers], problems) == (["Paper 1", "Paper 2"], [])
    papers, problems = read(write("b.json", "[" + line(1) + ",\n"))
    assert papers == []
    assert problems[0].startswith("b.json: broken JSON")


def test_owners_and_papers_on_hosts_of_code_are_no_repositories(write: Write) -> None:
    text = r"https://github.com/owner, huggingface.co/papers/2402.03300; (www.github.com/a/b_c), https://GitLab.com/d/e/-/f. x.github.io"
    [paper], _ = read(write("a.jsonl", line(1, abstract=text)))
    assert paper.repositories == ("https://github.com/a/b_c", "https://gitlab.com/d/e/-/f", "https://x.github.io")


# ------------------------------------------------------------------------------------------------ tables and BibTeX

BIB = r"""
@string{acl = {Proceedings of ACL}}
@comment{ignored}
@inproceedings{one,
  title = {{BERT}: Pre-training of {\"U}bermodels},
  author = {M{\"u}ller, Jana and Ada Lovelace
            and others},
  abstract = {First line
     and second line.},
  booktitle = acl, year = 2019, month = jun, day = 2, url = "https://aclanthology.org/N19-1423/"
}
@article{broken, title = {No end, abstract = {x}
@article{two, title = {Two}, journal = {JMLR}, year = {2020}, month = 5, eprint = {2005.00001}, archivePrefix={arXiv}, abstract = {y}}
@misc{three, title = {Three}}
"""


def test_a_bibtex_file_loses_only_its_broken_entries(write: Write) -> None:
    (one, two), problems = read(write("a.bib", BIB))
    assert [p[:26] for p in problems] == ["a.bib:12: a broken BibTeX ", "a.bib:14: a record without"]
    assert one.title == r"{BERT}: Pre-training of {\"U}bermodels"
    assert one.text == "BERT: Pre-training of Übermodels\nFirst line and second line."
    assert (one.authors, one.venue, one.published) == (
        ("Jana Müller", "Ada Lovelace"),
        "Proceedings of ACL",
        "2019-06-02",
    )
    assert (one.id, two.id) == ("paper:acl-N19-1423", "paper:arxiv-2005.00001")
    assert (two.venue, two.published, two.year) == ("JMLR", None, 2020)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet='@{}",=#\\ a\n()%1', max_size=60))
def test_no_bibtex_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("bib") / "a.bib"
    path.write_text("@article{x, title={a}, abstract={b}}\n" + text + "\n@article{y, title={c}, abstract={d}}")
    papers, problems = read(path, format="bibtex")
    assert not [p for p in problems if "reader" in p]
    assert papers[-1].title == "c"


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_tables_with_a_header_are_read(write: Write, separator: str) -> None:
    rows = [
        ["Title", "Abstract", "Year"],
        ["One", '"says ""a""\nand b"', "2020"],
        ["Two", "", "2021"],
        ["Three", "x", "2022"],
    ]
    papers, problems = read(write("a.csv", "\n".join(separator.join(row) for row in rows)))
    assert [(p.title, p.abstract, p.year) for p in papers] == [("One", 'says "a"\nand b', 2020), ("Three", "x", 2022)]
    assert problems == ["a.csv:4: a record without abstract; a paper needs a title and an abstract"]


def test_a_quote_that_never_closes_is_told_with_the_line_it_opens_on(write: Write) -> None:
    papers, problems = read(write("a.csv", 'title,abstract\nA,a\nB,"b\nC,c\n'))
    assert [p.title for p in papers] == ["A"]
    assert problems == ["a.csv:3: a broken row: unexpected end of data"]


# ------------------------------------------------------------------------------------------------ bad input


def test_files_that_hold_nothing_to_read(write: Write, tmp_path: Path) -> None:
    bad = [
        tmp_path / "none.jsonl",
        tmp_path,
        write("empty", ""),
        write("blank", " \n" * 50_000),
        write("binary", b"\x89PNG\0\1"),
    ]
    bad += [
        write("prose", "Just some words."),
        write("cut.gz", b"\x1f\x8b\x08"),
        write("cut.zst", b"\x28\xb5\x2f\xfd\0\0"),
    ]
    papers, problems = read(*bad, write("good.jsonl", line(1)))
    assert [p.title for p in papers] == ["Paper 1"]
    wanted = [
        "no such file",
        "a folder; name its files, for example",
        "empty",
        "empty",
        "a binary file",
        "of no format",
    ]
    wanted += ["cannot be read", "cannot be read"]
    assert len(problems) == len(wanted)
    for problem, what in zip(problems, wanted, strict=True):
        assert what in problem


def test_a_forced_format_is_known_or_an_error(write: Write) -> None:
    with pytest.raises(ReadError, match="unknown format 'pdf'; known are bibtex, csv"):
        read(write("a.jsonl", line(1)), format="pdf")
    papers, problems = read(write("a.jsonl", line(1)), format="csv")
    assert (papers, problems) == ([], ["a.jsonl:1: the first line does not name the columns title and abstract"])
    papers, problems = read(write("a.jsonl", line(1)), format="bibtex")
    assert (papers, problems) == ([], ["a.jsonl: no BibTeX entry to read; an entry begins a line with @kind{key,"])


@pytest.mark.parametrize("name", ["a.csv", "a.bib"])
def test_a_nul_is_told_however_far_into_a_file_it_stands(write: Write, name: str) -> None:
    entry = "A,a\n" if name == "a.csv" else "@article{x, title={A}, abstract={a}}\n"
    content = ("title,abstract\n" if name == "a.csv" else "") + entry * (70_000 // len(entry))
    papers, problems = read(write(name, content + entry.replace("a\n", "\0\n").replace("={a}", "={\0}") + entry))
    assert papers and not any("\0" in p.abstract for p in papers)
    assert [p.partition(": ")[2] for p in problems] == ["a NUL byte, so no text; the line was passed over"]


def test_broken_lines_cost_only_themselves(write: Write) -> None:
    lines = [line(n) for n in range(1, 31)]
    lines[16] = '{"title": "Paper 17", "abstract": \n'
    lines[17] = '["no object"]\n'
    lines[18] = line(19, abstract=None)
    lines[19] = line(20, title="  ")
    lines[20] = line(21, title=21)
    lines[21] = "[" * 100_000 + "\n"
    content = "".join(lines).encode() + b'{"title": "\xff", "abstract": "x"}\n' + line(32).encode()
    papers, problems = read(write("a.jsonl", content))
    assert len(papers) == 25
    starts = [
        "a.jsonl:17: broken JSON",
        "a.jsonl:18: expected a JSON object",
        "a.jsonl:19: a record without abstract",
        "a.jsonl:20: a record without title",
        "a.jsonl:21: title is not text but int",
        "a.jsonl:22: broken JSON",
        "a.jsonl:31: not UTF-8 at byte 12",
    ]
    for problem, start in zip(problems, starts, strict=True):
        assert problem.startswith(start)


def test_strict_stops_at_the_first_problem(write: Write) -> None:
    path = write("a.jsonl", line(1) + "{\n" + line(3))
    stream = read_papers([path], strict=True, report=print)
    assert next(stream).title == "Paper 1"
    with pytest.raises(ReadError, match=r"a\.jsonl:2: broken JSON"):
        next(stream)
    with pytest.raises(ReadError, match="no such file"):
        read("none.txt", strict=True)


def test_byte_order_mark_and_windows_line_ends_are_no_part_of_the_text(write: Write) -> None:
    papers, problems = read(write("a.jsonl", b"\xef\xbb\xbf" + (line(1) + line(2)).replace("\n", "\r\n").encode()))
    table, more = read(write("a.csv", b"\xef\xbb\xbftitle,abstract\r\nA,a\r\n"))
    assert ([p.title for p in papers + table], problems + more) == (["Paper 1", "Paper 2", "A"], [])


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_compressed_files_are_read_and_one_that_breaks_off_keeps_what_it_has(
    write: Write, pack: Callable[[bytes], bytes]
) -> None:
    content = "".join(line(n, abstract=f"{n * 7919 % 10007} " * 40) for n in range(9000)).encode()
    packed = pack(content)
    papers, problems = read(write("whole", packed), write("twice", pack(content[:300]) + pack(content[300:])))
    assert (len(papers), problems) == (18_000, [])
    papers, problems = read(write("cut", packed[: len(packed) * 3 // 4]))
    assert 100 < len(papers) < 9000
    assert [p.title for p in papers] == [f"Paper {n}" for n in range(len(papers))]
    assert len(problems) == 1
    assert "breaks off here" in problems[0]
    assert problems[0].startswith(f"cut:{len(papers) + 1}:")


def test_a_short_file_that_breaks_off_keeps_what_it_has(write: Write) -> None:
    packed = gzip.compress("".join(line(n) for n in range(50)).encode())
    papers, problems = read(write("cut.gz", packed[:-9]))
    assert (len(papers), len(problems)) == (50, 1)


def test_a_line_of_50_mb_is_passed_over_in_little_memory(write: Write) -> None:
    long = b'{"title": "long", "abstract": "' + b"a" * 50_000_000 + b'"}\n'
    path = write("a.jsonl.gz", gzip.compress(line(1).encode() + long + line(3).encode(), 1))
    del long
    tracemalloc.start()
    papers, problems = read(path, max_line_bytes=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [p.title for p in papers] == ["Paper 1", "Paper 3"]
    assert problems == ["a.jsonl.gz:2: a line longer than 1,000,000 bytes (max_line_bytes)"]
    assert peak < 12_000_000


def test_a_stream_that_is_left_early_closes_quietly(write: Write) -> None:
    stream = read_papers([write("a.jsonl", line(1) + line(2))], report=print)
    assert next(stream).title == "Paper 1"
    stream.close()


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=300), st.sampled_from(["bibtex", "csv", "huggingface", "jsonl", None]))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes, format: str | None) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(b"title,abstract\n" + content)
    _, problems = read(path, format=format)
    assert not [p for p in problems if "reader" in p]


# ------------------------------------------------------------------------------------------------ readers of others

READER = """
from kg.read import make_paper

def sniff(head, name):
    return head.startswith(b"PMID-")

def read(source):
    for number, text in source.lines():
        if text.startswith("fail"):
            raise RuntimeError("out of luck")
        if "|" in text:
            title, abstract = text.split("|")
            yield make_paper(source, number, title=title, abstract=abstract)
"""


@pytest.fixture
def medline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A distribution of somebody else that is installed and brings a reader."""
    site = tmp_path / "site"
    info = site / "kg_medline-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "kg_medline.py").write_text(READER)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kg-medline\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kg.readers]\nmedline = kg_medline\n")
    monkeypatch.syspath_prepend(site)
    importlib.invalidate_caches()
    readers.cache_clear()
    yield info
    readers.cache_clear()


def test_an_installed_package_adds_a_reader(medline: Path, write: Write) -> None:
    assert set(readers()) == {"bibtex", "csv", "huggingface", "jsonl", "medline"}
    papers, problems = read(write("a.nbib", "PMID- 1\nA title|an abstract\nfail\n"), write("b.jsonl", line(1)))
    assert [p.title for p in papers] == ["A title", "Paper 1"]
    assert problems == ["a.nbib: the reader 'medline' failed: RuntimeError: out of luck"]


def test_a_reader_that_cannot_be_loaded_is_named(medline: Path, write: Write) -> None:
    (medline / "entry_points.txt").write_text("[kg.readers]\nmedline = kg_medline_missing\n")
    with pytest.raises(ReadError, match=r"'medline' .* cannot be loaded"):
        readers()
    _, problems = read(write("a.jsonl", line(1)))
    assert "cannot be loaded" in problems[0]


@pytest.mark.parametrize(
    "piece", ["a", "a-", "github.com/", "github.io", "a.github.io", "github.com/-/", "10.1234/", "arxiv:"]
)
def test_addresses_are_looked_for_in_linear_time(write: Write, piece: str) -> None:
    text = piece * (200_000 // len(piece)) + " github.com/x/y"
    [paper], _ = read(write("a.jsonl", line(1, abstract=text, id=text, url=text, date=text, authors=text)))
    assert "https://github.com/x/y" in paper.repositories
