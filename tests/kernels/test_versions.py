"""References and saved states are tables of hashes: a hash that changes needs another version of the kernels."""

import pyarrow as pa

from outcross.kernels import KERNELS, document_hashes, hash_words
from outcross.measure import Batch

OF_WORDS = [17940402975685541908, 10665869847298525772, 15598540865062581942, 14720874444468937688]
OF_DOCUMENTS = [7096198909346784644, 11286133854226296554, 4254925059958832079]


def test_words_hash_as_they_did_when_the_kernels_got_their_version():
    assert KERNELS == "1", "write the new version's hashes here"
    assert hash_words("the Straße 漢字 naïve_2").tolist() == OF_WORDS


def test_documents_hash_as_they_did_when_the_kernels_got_their_version():
    texts = pa.array(["one line\ntwo lines", "", "ü"], pa.large_string())
    batch = Batch(texts, pa.array(["a", "b", "c"]))
    assert document_hashes(batch).tolist() == OF_DOCUMENTS
