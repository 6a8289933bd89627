"""scispaCy's candidate generator over a file of names, for `linking_speed.py`: run by a Python that has scispacy.

    python scispacy_speed.py names.tsv queries.tsv

Its vectoriser, with the settings of `create_tfidf_ann_index`, its generator and its search (30 neighbours, efSearch
200) are used as they are. The index is made with fewer links (M 16, efConstruction 100, instead of 100 and 2000, which
the code says take two hours on 60 threads): this makes it faster to make and to search, and less exact.
"""

import os
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import joblib
import nmslib
import numpy as np
import scipy.sparse
from measure import batch_speeds, read_names, read_queries, report
from scispacy.candidate_generation import CandidateGenerator
from sklearn.feature_extraction.text import TfidfVectorizer

NEIGHBOURS = 30
INDEX = {"M": 16, "indexThreadQty": os.cpu_count(), "efConstruction": 100, "post": 0}


def main() -> None:
    """Build, look up, print the figures as JSON."""
    aliases: dict[str, set[str]] = defaultdict(set)
    for curie, name in read_names(Path(sys.argv[1])):
        aliases[name].add(curie)
    queries = read_queries(Path(sys.argv[2]))
    started = time.process_time()
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=10, dtype=np.float32)
    vectors = vectorizer.fit_transform(list(aliases))
    is_kept = np.asarray(vectors.sum(axis=1) != 0).reshape(-1)
    vectors = vectors[is_kept]
    names = [name for name, kept in zip(aliases, is_kept, strict=True) if kept]
    index = nmslib.init(method="hnsw", space="cosinesimil_sparse", data_type=nmslib.DataType.SPARSE_VECTOR)
    index.addDataPointBatch(vectors)
    index.createIndex(INDEX)
    index.setQueryTimeParams({"efSearch": 200})
    seconds = time.process_time() - started
    with tempfile.TemporaryDirectory() as folder:
        index.saveIndex(f"{folder}/nmslib_index.bin")
        joblib.dump(vectorizer, f"{folder}/tfidf_vectorizer.joblib")
        scipy.sparse.save_npz(f"{folder}/tfidf_vectors_sparse.npz", vectors)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    del vectors
    knowledge_base = SimpleNamespace(alias_to_cuis=aliases)
    generator = CandidateGenerator(index, vectorizer, names, knowledge_base)
    report(
        build_seconds=seconds,
        size=size,
        rows={"candidates": batch_speeds(queries, lambda texts: generator(texts, NEIGHBOURS))},
    )


if __name__ == "__main__":
    main()
