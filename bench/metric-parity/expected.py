"""Writes expected.json: what pytrec_eval and the official SQuAD 2.0 evaluator say of the files beside this one.

    pip install pytrec_eval-terrier numpy
    python bench/metric-parity/expected.py path/to/evaluate-v2.0.py
"""

import importlib.util
import json
import pathlib
import sys

import pytrec_eval

here = pathlib.Path(__file__).parent
official = importlib.util.spec_from_file_location("official", sys.argv[1])
squad = importlib.util.module_from_spec(official)
official.loader.exec_module(squad)

qrels, run = {}, {}
for line in (here / "qrels.trec").read_text().splitlines():
    query, _, document, grade = line.split()
    qrels.setdefault(query, {})[document] = int(grade)
for line in (here / "run.trec").read_text().splitlines():
    query, _, document, _, score, _ = line.split()
    run.setdefault(query, {})[document] = float(score)
measures = {"ndcg_cut.1,5,10,100", "recall.1,5,10,100", "P.1,5,10,100", "map", "recip_rank"}
ranks = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)

dataset = json.loads((here / "squad.json").read_text())["data"]
predictions = json.loads((here / "predictions.json").read_text())
exact, f1 = squad.get_raw_scores(dataset, predictions)
texts = {name: {"exactMatch": exact[name], "f1": f1[name]} for name in predictions}
(here / "expected.json").write_text(json.dumps({"ranks": ranks, "texts": texts}, indent=1, sort_keys=True) + "\n")
