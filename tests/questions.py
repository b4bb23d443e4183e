"""Ten questions of a user, each in Cypher (the same text for Neo4j and for the embedded engine), SPARQL and SQL.

The three answer with the same columns and rows; `test_questions.py` runs them on all engines.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["QUESTIONS", "Question"]


class Question(NamedTuple):
    """A question: a short key, what is asked, and the text in each language."""

    key: str
    title: str
    cypher: str
    sparql: str
    sql: str


QUESTIONS = (
    Question(
        "introduces",
        "Which methods does the paper “Adam: A Method for Stochastic Optimization” introduce?",
        """
MATCH (p:Paper {title: 'Adam: A Method for Stochastic Optimization'})-[:INTRODUCES]->(m:Method)
RETURN m.name AS method ORDER BY method
""",
        """
SELECT ?method WHERE {
  ?p kg:title "Adam: A Method for Stochastic Optimization" ; kg:introduces ?m .
  ?m a kg:Method ; kg:name ?method .
} ORDER BY ?method
""",
        """
SELECT m.name AS method
FROM edges e JOIN papers p ON p.id = e.source JOIN entities m ON m.id = e.target
WHERE e.type = 'INTRODUCES' AND m.type = 'Method' AND p.title = 'Adam: A Method for Stochastic Optimization'
ORDER BY method
""",
    ),
    Question(
        "used-for",
        "What is used for machine translation?",
        """
MATCH (m:Method)-[r:USED_FOR]->(:Task {name: 'machine translation'})
RETURN m.name AS method, r.papers AS papers ORDER BY papers DESC, method
""",
        """
SELECT ?method ?papers WHERE {
  ?t a kg:Task ; kg:name "machine translation" .
  ?m a kg:Method ; kg:usedFor ?t ; kg:name ?method .
  ?s rdf:subject ?m ; rdf:predicate kg:usedFor ; rdf:object ?t ; kg:papers ?papers .
} ORDER BY DESC(?papers) ?method
""",
        """
SELECT m.name AS method, e.papers
FROM edges e JOIN entities m ON m.id = e.source JOIN entities t ON t.id = e.target
WHERE e.type = 'USED_FOR' AND m.type = 'Method' AND t.type = 'Task' AND t.name = 'machine translation'
ORDER BY papers DESC, method
""",
    ),
    Question(
        "evaluated-with",
        "What is evaluated with GSM8K?",
        """
MATCH (m:Method)-[:EVALUATED_WITH]->(:Dataset {name: 'GSM8K'})
RETURN m.name AS method ORDER BY method
""",
        """
SELECT ?method WHERE {
  ?m kg:evaluatedWith ?d ; kg:name ?method .
  ?d kg:name "GSM8K" .
} ORDER BY ?method
""",
        """
SELECT m.name AS method
FROM edges e JOIN entities m ON m.id = e.source JOIN entities d ON d.id = e.target
WHERE e.type = 'EVALUATED_WITH' AND d.name = 'GSM8K'
ORDER BY method
""",
    ),
    Question(
        "compared",
        "Who compares with DPO?",
        """
MATCH (m:Method)-[:COMPARE_WITH]-(:Method {name: 'DPO'})
RETURN DISTINCT m.name AS method ORDER BY method
""",
        """
SELECT DISTINCT ?method WHERE {
  ?m kg:compareWith|^kg:compareWith ?dpo ; kg:name ?method .
  ?dpo kg:name "DPO" .
} ORDER BY ?method
""",
        """
SELECT DISTINCT m.name AS method
FROM edges e
JOIN entities dpo ON dpo.name = 'DPO' AND dpo.id IN (e.source, e.target)
JOIN entities m ON m.id IN (e.source, e.target) AND m.id <> dpo.id
WHERE e.type = 'COMPARE_WITH'
ORDER BY method
""",
    ),
    Question(
        "claims",
        "Which claims give a value of accuracy?",
        """
MATCH (p:Paper)-[:STATES]->(c:Claim)-[:MEASURED_BY]->(:Metric {name: 'accuracy'})
WHERE c.number IS NOT NULL
RETURN p.title AS paper, c.number AS number, c.unit AS unit, c.text AS claim ORDER BY paper, number, claim
""",
        """
SELECT ?paper ?number ?unit ?claim WHERE {
  ?p kg:states ?c ; kg:title ?paper .
  ?c kg:measuredBy ?metric ; kg:number ?number ; kg:text ?claim .
  ?metric kg:name "accuracy" .
  OPTIONAL { ?c kg:unit ?unit }
} ORDER BY ?paper ?number ?claim
""",
        """
SELECT p.title AS paper, c.number, c.unit, c.text AS claim
FROM claims c
JOIN papers p ON p.id = c.paper
JOIN edges e ON e.source = c.node AND e.type = 'MEASURED_BY'
JOIN entities m ON m.id = e.target
WHERE m.name = 'accuracy' AND c.number IS NOT NULL
ORDER BY paper, number, claim
""",
    ),
    Question(
        "by-month",
        "Which methods are mentioned most, and in which month?",
        """
MATCH (p:Paper)-[r:MENTIONS]->(m:Method)
WHERE p.published IS NOT NULL
RETURN left(toString(p.published), 7) AS month, m.name AS method, sum(r.sentences) AS sentences
ORDER BY sentences DESC, month, method LIMIT 10
""",
        """
SELECT ?month ?method (SUM(?n) AS ?sentences) WHERE {
  ?p kg:published ?published .
  ?s rdf:subject ?p ; rdf:predicate kg:mentions ; rdf:object ?m ; kg:sentences ?n .
  ?m a kg:Method ; kg:name ?method .
  BIND(SUBSTR(STR(?published), 1, 7) AS ?month)
} GROUP BY ?month ?method ORDER BY DESC(?sentences) ?month ?method LIMIT 10
""",
        """
SELECT strftime(p.published, '%Y-%m') AS month, m.name AS method, sum(e.sentences) AS sentences
FROM edges e JOIN papers p ON p.id = e.source JOIN entities m ON m.id = e.target
WHERE e.type = 'MENTIONS' AND m.type = 'Method' AND p.published IS NOT NULL
GROUP BY month, method ORDER BY sentences DESC, month, method LIMIT 10
""",
    ),
    Question(
        "co-used",
        "Which methods stand together in the most papers?",
        """
MATCH (a:Method)<-[:MENTIONS]-(p:Paper)-[:MENTIONS]->(b:Method)
WHERE a.name < b.name
RETURN a.name AS one, b.name AS other, count(p) AS papers ORDER BY papers DESC, one, other LIMIT 10
""",
        """
SELECT ?one ?other (COUNT(?p) AS ?papers) WHERE {
  ?p kg:mentions ?a, ?b .
  ?a a kg:Method ; kg:name ?one .
  ?b a kg:Method ; kg:name ?other .
  FILTER(?one < ?other)
} GROUP BY ?one ?other ORDER BY DESC(?papers) ?one ?other LIMIT 10
""",
        """
SELECT a.name AS one, b.name AS other, count(*) AS papers
FROM edges x JOIN edges y ON x.source = y.source
JOIN entities a ON a.id = x.target JOIN entities b ON b.id = y.target
WHERE x.type = 'MENTIONS' AND y.type = 'MENTIONS' AND a.type = 'Method' AND b.type = 'Method' AND a.name < b.name
GROUP BY one, other ORDER BY papers DESC, one, other LIMIT 10
""",
    ),
    Question(
        "with-code",
        "Which papers of Google come with code, and where is it?",
        """
MATCH (:Organization {name: 'Google'})<-[:AFFILIATED_WITH]-(p:Paper)-[:HAS_CODE]->(c:Repository)
RETURN p.title AS paper, c.url AS code ORDER BY paper, code
""",
        """
SELECT ?paper ?code WHERE {
  ?p a kg:Paper ; kg:affiliatedWith ?o ; kg:hasCode ?c ; kg:title ?paper .
  ?o kg:name "Google" .
  ?c kg:url ?code .
} ORDER BY ?paper ?code
""",
        """
SELECT p.title AS paper, c.url AS code
FROM papers p
JOIN edges a ON a.source = p.id AND a.type = 'AFFILIATED_WITH' JOIN nodes o ON o.id = a.target
JOIN edges h ON h.source = p.id AND h.type = 'HAS_CODE' JOIN nodes c ON c.id = h.target
WHERE o.name = 'Google'
ORDER BY paper, code
""",
    ),
    Question(
        "lineage",
        "What does GRPO come from, up to three steps of SUBCLASS_OF and PART_OF?",
        """
MATCH (:Method {name: 'GRPO'})-[:SUBCLASS_OF|PART_OF*1..3]->(m:Method)
RETURN DISTINCT m.name AS ancestor ORDER BY ancestor
""",
        """
SELECT DISTINCT ?ancestor WHERE {
  ?grpo kg:name "GRPO" .
  ?grpo (kg:subclassOf|kg:partOf)/(kg:subclassOf|kg:partOf)?/(kg:subclassOf|kg:partOf)? ?m .
  ?m kg:name ?ancestor .
} ORDER BY ?ancestor
""",
        """
WITH RECURSIVE lineage(id, steps) AS (
  SELECT id, 0 FROM entities WHERE type = 'Method' AND name = 'GRPO'
  UNION
  SELECT e.target, steps + 1
  FROM lineage JOIN edges e ON e.source = id AND e.type IN ('SUBCLASS_OF', 'PART_OF')
  WHERE steps < 3)
SELECT DISTINCT m.name AS ancestor FROM lineage JOIN entities m USING (id) WHERE steps > 0 ORDER BY ancestor
""",
    ),
    Question(
        "evidence",
        "Which sentence says that GRPO is a kind of PPO?",
        """
MATCH (:Method {name: 'GRPO'})-[r:SUBCLASS_OF]->(:Method {name: 'PPO'})
UNWIND r.evidenceSentences AS sentence
RETURN DISTINCT sentence ORDER BY sentence
""",
        """
SELECT DISTINCT ?sentence WHERE {
  ?a kg:name "GRPO" . ?b kg:name "PPO" .
  ?s rdf:subject ?a ; rdf:predicate kg:subclassOf ; rdf:object ?b ; kg:evidence/kg:sentence ?sentence .
} ORDER BY ?sentence
""",
        """
SELECT DISTINCT unnest(e.evidence_sentences) AS sentence
FROM edges e JOIN entities a ON a.id = e.source JOIN entities b ON b.id = e.target
WHERE e.type = 'SUBCLASS_OF' AND a.name = 'GRPO' AND b.name = 'PPO'
ORDER BY sentence
""",
    ),
)
