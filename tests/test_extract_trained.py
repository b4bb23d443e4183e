"""A model made by `kg train` reads papers: on real torch and onnxruntime, with an encoder small enough to learn here."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import create_vocab
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from typer.testing import CliRunner

from kg.cli import app
from kg.errors import ConfigError, ExtractError
from kg.evaluation import score
from kg.extract import build_pipeline, extract_papers, extractor_fingerprint
from kg.extract.runs import extraction_of
from kg.extract.sentences import split_sentences
from kg.extract.train import ENCODER, _examples, _pieces, train_model
from kg.extract.train.encoders import Tok2vec, load_bert
from kg.extract.train.export import export_model
from kg.extract.train.network import Network
from kg.extract.train.plan import read_plan
from kg.extract.train.pretrain import hide, pretrain
from kg.extract.trained import tok2vec
from kg.extract.trained.bert import WINDOW, encode
from kg.extract.trained.claims import find_anchors
from kg.extract.trained.model import load_model
from kg.extract.trained.spans import decide, propose
from kg.read import clean_text, make_text
from kg.schema import Paper

LAYERS, WIDE = 2, 48


def gold(name: str, task: str, data: str, gain: str) -> dict:
    """An annotated abstract about a system of this name."""
    first = f"{name}: Better {task}"
    second = f"We propose {name} for {task}. On {data}, {name} improves accuracy by {gain} over BERT."
    return {
        "title": first,
        "abstract": second,
        "mentions": [
            {"text": name, "type": "Method"}, {"text": task, "type": "Task"}, {"text": data, "type": "Dataset"},
            {"text": "accuracy", "type": "Metric"}, {"text": "BERT", "type": "Method"},
        ],
        "introduces": [name],
        "synonyms": [],
        "canonical": {},
        "relations": [[name, "Used-For", task], [name, "Evaluated-With", data], [name, "Compare-With", "BERT"]],
        "claims": [
            {"text": f"{name} improves accuracy by {gain} over BERT", "kind": "performance", "subject": name,
             "metric": "accuracy", "value": gain, "direction": "increase", "baseline": "BERT", "on": data}
        ],
    }  # fmt: skip


GOLD = [
    gold("FooNet", "machine translation", "WMT14", "2.5%"),
    gold("BarFormer", "image segmentation", "COCO", "10%"),
    gold("QuxLM", "question answering", "SQuAD", "3.1%"),
    gold("ZapGAN", "speech recognition", "LibriSpeech", "7%"),
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small BERT that knows nothing yet, and wordpieces of the texts."""
    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", *(f"[unused{i}]" for i in range(1, 100)), "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=600, special_tokens=special)
    tokenizer.train_from_iterator([f"{row['title']} {row['abstract']}" for row in GOLD], trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    shapes = {
        "embeddings.word_embeddings.weight": (tokenizer.get_vocab_size(), WIDE),
        "embeddings.position_embeddings.weight": (512, WIDE),
        "embeddings.token_type_embeddings.weight": (2, WIDE),
    }
    for layer in range(LAYERS):
        parts = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")
        sizes = {
            **dict.fromkeys(parts, (WIDE, WIDE)),
            "intermediate.dense": (4 * WIDE, WIDE),
            "output.dense": (WIDE, 4 * WIDE),
        }
        for part, size in sizes.items():
            shapes[f"encoder.layer.{layer}.{part}.weight"] = size
            shapes[f"encoder.layer.{layer}.{part}.bias"] = (size[0],)
    weights = {name: 0.1 * torch.randn(size) for name, size in shapes.items()}
    for norm in (
        "embeddings",
        *(f"encoder.layer.{i}.{p}" for i in range(LAYERS) for p in ("attention.output", "output")),
    ):
        weights[f"{norm}.LayerNorm.weight"], weights[f"{norm}.LayerNorm.bias"] = torch.ones(WIDE), torch.zeros(WIDE)
    save_file(weights, folder / "model.safetensors")
    return folder


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "small.cfg"
    path.write_text(
        "[network]\nheads = 4\ninner = 64\nwide = 48\nrows = [500, 200, 200, 200]\n[training]\nbatch = 100\nhidden = 0.0\nencoder_rate = 0.003\n"
        "head_rate = 0.003\naverage = 0.9\nepochs = 25\nhead_epochs = 10\n"
    )
    return path


@pytest.fixture(scope="module", params=["bert", "tok2vec"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def model(kind: str, encoder: Path, config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "small"
    train_model(GOLD, encoder if kind == "bert" else None, folder, clean_text, config=config)
    return folder


def papers() -> list[Paper]:
    return [
        Paper(f"paper:{n}", g["title"], g["abstract"], make_text(g["title"], g["abstract"])) for n, g in enumerate(GOLD)
    ]


def found(model: Path, **options: object) -> list:
    return list(extract_papers(papers(), model=model, report=pytest.fail, **options))


def test_a_model_learns_what_it_is_shown(model: Path) -> None:
    rows = [
        {"title": p.title, "text": p.text, "mentions": [vars_of(m) for m in f.mentions], "introduces": f.introduces,
         "synonyms": f.synonyms, "relations": [vars_of(r) for r in f.relations], "claims": [vars_of(c) for c in f.claims]}
        for p, f in zip(papers(), found(model), strict=True)
    ]  # fmt: skip
    scores = score(rows, GOLD)
    learned = {name: scores[name]["f1"] for name in ("mention_strict", "introduces", "relations", "claims")}
    learned |= {
        f"claim_{f}": scores[f"claim_{f}"]["accuracy"]
        for f in ("kind", "value", "direction", "metric", "baseline", "subject")
    }
    assert {name: value for name, value in learned.items() if value < 0.9} == {}


def vars_of(record: object) -> dict:
    return {name: getattr(record, name) for name in record.__slots__}


def test_offsets_are_those_of_the_text_and_confidence_is_a_probability(model: Path) -> None:
    for paper, one in zip(papers(), found(model), strict=True):
        assert all(paper.text[m.start : m.end] == m.text and 0 < m.confidence <= 1 for m in one.mentions)
        assert all(paper.text[c.start : c.end] == c.text for c in one.claims)
        assert all((r.start, r.end) in one.sentences for r in one.relations)


def test_training_twice_gives_the_same_model(
    kind: str, encoder: Path, config: Path, model: Path, tmp_path: Path
) -> None:
    train_model(GOLD, encoder if kind == "bert" else None, tmp_path / "again", clean_text, config=config)
    assert found(tmp_path / "again") == found(model)


def test_two_workers_train_one_network(encoder: Path, config: Path, tmp_path: Path) -> None:
    for name in ("once", "twice"):
        train_model(GOLD, encoder, tmp_path / name, clean_text, config=config, epochs=3, workers=2, together=1)
    once, twice = (np.load(tmp_path / name / "heads.npz") for name in ("once", "twice"))
    assert all((once[name] == twice[name]).all() for name in once.files)


def test_going_on_from_a_network_may_keep_the_mean_of_both(encoder: Path, config: Path, tmp_path: Path) -> None:
    def trained(name: str, **options: object) -> dict[str, torch.Tensor]:
        train_model(GOLD[:1], encoder, tmp_path / name, clean_text, config=config, epochs=1, head_epochs=0, **options)
        return load_file(tmp_path / name / "network.safetensors")

    first = trained("first")
    further = {"start": tmp_path / "first" / "network.safetensors", "seed": 1}
    after, mean = trained("after", **further), trained("mean", **further, average=True)
    assert any((after[name] != first[name]).any() for name in first)
    assert all(torch.allclose(mean[name], (first[name] + after[name]) / 2, atol=1e-7) for name in first)


def test_an_encoder_learns_to_guess_what_is_hidden(encoder: Path, config: Path) -> None:
    texts = [_pieces(encoder)(p.text, split_sentences(p.text)) for p in papers()]
    plan = replace(read_plan(config), raw_epochs=150, raw_rate=0.003)
    bert, losses = load_bert(load_file(encoder / ENCODER[0]), plan.heads), []
    words = bert.word.weight.clone()
    torch.manual_seed(0)
    pretrain(bert, texts, plan, lambda step, steps, loss: losses.append(loss))
    assert np.mean(losses[-10:]) < 0.7 * np.mean(losses[:10])
    assert (bert.word.weight == words).all()
    shown, asked = hide(texts[0], len(words), np.random.default_rng(0))
    assert (shown.ids[~asked] == texts[0].ids[~asked]).all() and (shown.ids[asked] != texts[0].ids[asked]).any()


def test_what_a_teacher_thinks_likely_is_learned(model: Path, encoder: Path, config: Path, tmp_path: Path) -> None:
    hard, soft = (
        _examples(GOLD, _pieces(encoder), clean_text, None, lambda *_: None, teacher) for teacher in (None, model)
    )
    for one, other in zip(hard, soft, strict=True):
        for name in ("spans", "relations", "count", "sentence"):
            sure = other.labels[name]
            assert np.allclose(sure.sum(1), 1, atol=0.01) and (sure.argmax(1) == one.labels[name]).mean() > 0.9
        assert ((other.labels["introduced"] > 0.5) == one.labels["introduced"]).all()
        assert (other.labels["slots"] == one.labels["slots"]).all()
    train_model(GOLD[:1], None, tmp_path / "pupil", clean_text, silver=GOLD, teacher=model, config=config)
    surfaces = {m.text for one in found(tmp_path / "pupil") for m in one.mentions}
    assert {"FooNet", "BarFormer", "QuxLM", "ZapGAN"} <= surfaces


def test_another_spelling_of_a_mention_has_the_type_of_the_likeliest() -> None:
    text = "T\nThe convergence rate is a rate of convergence."
    encoded = tok2vec.encode(text, split_sentences(text))
    spans = propose(encoded, [])
    sure = np.tile(np.array([0.99, 0.01, 0, 0, 0]), (len(spans.first), 1))
    likely = {"convergence rate": [0.05, 0, 0, 0, 0.95], "rate of convergence": [0.7, 0.3, 0, 0, 0]}
    for i, (first, last) in enumerate(zip(spans.first, spans.last, strict=True)):
        said = text[encoded.words[first, 0] : encoded.words[last, 1]]
        sure[i] = likely.get(said, sure[i])
    assert {f.surface: f.type for f in decide(encoded, spans, sure, 0.5)} == dict.fromkeys(likely, "Metric")


def test_numpy_and_spacy_compute_what_torch_does(kind: str, encoder: Path, tmp_path: Path) -> None:
    torch.manual_seed(1)
    start = encoder if kind == "bert" else None
    body = Tok2vec(48, 4, (500, 200, 200, 200)) if start is None else load_bert(load_file(encoder / ENCODER[0]), 4)
    network = Network(body, 64).eval()
    torch.nn.init.normal_(network.claims.look.weight)  # zero before training: its attention would have no say
    export_model(network, encoder / ENCODER[1], tmp_path, {}, small=False)
    model = load_model(tmp_path)
    for e in _examples(GOLD, _pieces(start), clean_text, None, lambda *stage: None):
        with torch.no_grad():
            h = body.read([e.encoded])[0]
            concepts, pairs, anchors, more, near = (
                [torch.from_numpy(a) for a in arrays]
                for arrays in (e.concepts, [e.pairs], [e.anchors], [e.anchor_features], [e.near])
            )
            spans = [torch.from_numpy(a) for a in (e.spans.pieces, e.spans.last - e.spans.first, e.spans.features)]
            introduced, relations = network.concepts(h, *concepts, *pairs)
            sure = torch.sigmoid(introduced)
            pairs = [torch.from_numpy(a) for a in (*e.surfaces[:2], e.same, e.same_features)]
            wanted = [h, network.spans(h, *spans), network.synonyms(h, *pairs), introduced, relations]
            wanted += network.claims(h, *anchors, *more, *concepts, sure, *near)
        vectors = model.encoder.vectors(e.encoded)
        got = [vectors, model.heads.spans(vectors, e.spans)]
        got += [model.heads.synonyms(vectors, e.surfaces, e.same, e.same_features)]
        got += [*model.heads.concepts(vectors, e.concepts, e.pairs)]
        got += model.heads.claims(vectors, e.anchors, e.anchor_features, e.concepts, sure.numpy(), e.near)
        for a, b in zip(wanted, got, strict=True):
            np.testing.assert_allclose(a.numpy(), b, rtol=1e-4, atol=1e-4)


def test_the_same_facts_from_two_processes(model: Path) -> None:
    many = papers() * 9
    one, two = (list(extract_papers(many, model=model, workers=n, report=pytest.fail)) for n in (1, 2))
    assert one == two


TEXTS = [
    "",
    "a",
    "\n",
    "((((((" * 200,
    "مرحبا بالعالم",
    "\x00\x01\x02",
    "https://example.org/a",
    "word " * 3000,
    "x" * 3000,
    "数据集 " * 400,
]


@cache
def pipeline_of(model: Path) -> Language:
    return build_pipeline(model=model)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_any_text_is_read(model: Path, text: str) -> None:
    doc = pipeline_of(model)(f"A title\n{text}")
    assert all(doc.text[m.start : m.end] == m.text for m in doc._.kg_mentions)


PIECES = st.sampled_from(
    "FooNet BERT WMT14 accuracy machine translation We propose outperforms by 5% 2.5x (FN) on . , ( ) \n \x00 é 漢字 שלום"
    " https://x.org/y and while".split(" ")
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.lists(PIECES, max_size=60).map(" ".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=150)
    )
)
def test_whatever_the_text_offsets_and_references_are_valid(model: Path, text: str) -> None:
    text = f"FooNet: Better\n{text}"
    found = extraction_of("paper:0", pipeline_of(model)(text))
    ids = {m.id for m in found.mentions}
    assert all(text[m.start : m.end] == m.text and m.text.strip() for m in found.mentions)
    assert all(text[c.start : c.end] == c.text and {c.subject, c.on} <= {None, *ids} for c in found.claims)
    assert all((r.start, r.end) in found.sentences and {r.head, r.tail} <= ids for r in found.relations)
    assert {*found.introduces, *(id_ for pair in found.synonyms for id_ in pair)} <= ids
    assert all(0 <= x.confidence <= 1 for x in (*found.mentions, *found.relations, *found.claims))
    assert len(found.roles) == len(found.sentences)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("aB1 .-(),\n%é漢"), max_size=400))
def test_wordpieces_spans_and_anchors_lie_in_the_text(encoder_text: str) -> None:
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1, "##a": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    encoded = encode(tokenizer, encoder_text, split_sentences(encoder_text))
    assert [i for a, b in encoded.windows for i in range(a, b)] == list(range(len(encoded.ids)))
    assert all(b - a <= WINDOW for a, b in encoded.windows)
    starts, ends = encoded.words[:, 0], encoded.words[:, 1]
    assert (starts < ends).all() and (starts[1:] >= ends[:-1]).all()
    spans = propose(encoded, [])
    assert (spans.first <= spans.last).all() and (encoded.home[spans.first] == encoded.home[spans.last]).all()
    assert np.isfinite(spans.features).all()
    for anchor in find_anchors(encoder_text, encoded.sentences):
        assert anchor.clause[0] <= anchor.start < anchor.end <= anchor.clause[1]


ENGLISH = create_vocab("en", English.Defaults)


@given(st.text(max_size=80))
def test_words_are_hashed_as_tokens_of_spacy_are(text: str) -> None:
    encoded = tok2vec.encode(text + " The Case of X-ray's NOUN, 2x and det", [(0, len(text) + 36)])
    words = [encoded.text[a:b] for a, b in encoded.words[:, :2].tolist()]
    tokens = Doc(ENGLISH, words=words)
    assert (tokens.to_array(list(tok2vec.ATTRIBUTES)) == tok2vec.hashed_features(encoded)).all()


def test_the_command_trains_chooses_thresholds_and_the_model_reads(encoder: Path, config: Path, tmp_path: Path) -> None:
    train, model = tmp_path / "train.jsonl", tmp_path / "model"
    train.write_text("".join(json.dumps(row) + "\n" for row in GOLD), encoding="utf-8")
    run = CliRunner().invoke(
        app,
        [
            "train",
            str(train),
            "--encoder",
            str(encoder),
            "-o",
            str(model),
            "--dev",
            str(train),
            "--plan",
            str(config),
            "--epochs",
            "4",
            "--raw",
            str(train),
            "--unlabelled",
            str(train),
            "--teacher",
            "rules",
        ],
    )
    assert run.exit_code == 0, run.output
    assert "mention_strict" in run.output
    assert set(json.loads((model / "model.json").read_text())["thresholds"]) == {
        "mention",
        "synonym",
        "introduced",
        "relation",
        "claim",
    }
    out = tmp_path / "out.jsonl"
    assert CliRunner().invoke(app, ["extract", str(train), "--model", str(model), "-o", str(out)]).exit_code == 0
    titles = {json.loads(line)["title"] for line in out.read_text("utf-8").splitlines()}
    assert titles == {row["title"] for row in GOLD}


def test_what_cannot_be_used_is_named(encoder: Path, model: Path, tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"model\.safetensors and tokenizer\.json missing"):
        train_model(GOLD, tmp_path, tmp_path / "m", clean_text)
    with pytest.raises(ExtractError, match="no annotated abstract"):
        train_model([], encoder, tmp_path / "m", clean_text)
    with pytest.raises(ExtractError, match="holds no model"):
        load_model(tmp_path)
    bad = tmp_path / "bad.cfg"
    bad.write_text("[training]\nepoch = 3\n")
    with pytest.raises(ExtractError, match="raw texts are for a BERT encoder"):
        train_model(GOLD, None, tmp_path / "m", clean_text, raw=["A text."], config=None, epochs=1)
    with pytest.raises(ConfigError, match="unknown key 'epoch' in \\[training\\]"):
        read_plan(bad)
    assert extractor_fingerprint([], model) != extractor_fingerprint([])
