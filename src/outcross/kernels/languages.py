"""Tells the language of documents at a glance, from function words and scripts."""

from functools import cache

import numpy as np

from outcross.kernels import SCRIPTS, hash_words, language_votes, words
from outcross.measure import Array, Batch

# Function words that tell languages of one script apart. A word may belong to several languages.
FUNCTION_WORDS: dict[str, str] = {
    "en": "the of and to in is that it for was with as on are be this by from at have not which or an you",
    "de": "der die und das in den von zu mit ist des im dem nicht ein eine auf für sich auch es an werden aus er",
    "fr": "de la le et les des en un une du dans que est pour qui par sur au pas plus ne avec ce il sont",
    "es": "de la que el en y los del se las por un para con una su al es lo como más pero sus le",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele",
    "it": "di e il la che in un a per è una sono con non del da si le dei come della alla nel più",
    "nl": "de van het een en in is dat op te zijn met voor niet aan er die om ook als bij maar door",
    "sv": "och i att det som en på är av för med till den har de inte om ett han men var sig",
    "da": "og i at det er en til af på den med for der de ikke som et har var han men fra",
    "no": "og i det er på til en av for å at som med ikke den har de var et fra om jeg",
    "fi": "ja on ei se että oli hän mutta ovat kun niin myös joka mitä tai olla vain jos nyt",
    "pl": "i w na z się nie do to że jest o jak za po co dla są od przez ale tym",
    "cs": "a se v na je že to s z do o i ve jako za by pro ale jsou od po si",
    "ro": "și de la în a nu o că pe cu din un mai este se care pentru sunt ce au",
    "hu": "a az és hogy nem is egy van meg ez de volt csak már mint el vagy ha",
    "tr": "ve bir bu da de için ile çok ne olarak daha gibi olan var o en ama kadar sonra",
    "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena ada",
    "vi": "và của là có được cho trong không với các một những người này để đã về khi",
    "ru": "и в не на что он с как это по но она его из к у за от так же все был",
    "uk": "і в не на що він з як це по але вона його із до у за від так та й є",
    "bg": "и на в да не се че от за с е по са като но той това съм ще",
    "ar": "في من على أن إلى عن هذا التي الذي ما لا كان مع هذه قد كل بعد بين",
    "fa": "و در به از که این را با است آن برای یک خود تا بر هم نیز شد",
    "hi": "के में है की से और का को पर यह ने भी कि एक हैं नहीं इस हो था",
}

BY_SCRIPT: dict[str, str] = {
    "Greek": "el", "Hebrew": "he", "Armenian": "hy", "Georgian": "ka", "Hangul": "ko", "Thai": "th", "Lao": "lo",
    "Khmer": "km", "Myanmar": "my", "Tibetan": "bo", "Kana": "ja", "Han": "zh", "Bengali": "bn", "Tamil": "ta",
    "Telugu": "te", "Gujarati": "gu", "Gurmukhi": "pa", "Kannada": "kn", "Malayalam": "ml", "Sinhala": "si",
    "Ethiopic": "am",
}  # fmt: skip
"""Scripts that one language writes, as far as a glance goes."""

UNDETERMINED = "undetermined"
LANGUAGES: tuple[str, ...] = (*FUNCTION_WORDS, *sorted(set(BY_SCRIPT.values())), UNDETERMINED)

_FEWEST_VOTES = 3


@cache
def _voters() -> tuple[Array, Array]:
    """A table of function words: hashes (0 where free) and the languages of each as bits."""
    keys, languages = np.zeros(4096, np.uint64), np.zeros(4096, np.uint64)
    for number, listed in enumerate(FUNCTION_WORDS.values()):
        for key in hash_words(listed):
            slot = int(key) & 4095
            while keys[slot] not in (0, key):
                slot = (slot + 1) & 4095
            keys[slot] = key
            languages[slot] |= np.uint64(1 << number)
    return keys, languages


def votes_of(batch: Batch) -> Array:
    """Function words of each language among a document's first 64 words: int32[n, len(FUNCTION_WORDS)]."""
    return batch.once("language votes", lambda one: language_votes(one, *_voters(), len(FUNCTION_WORDS)))


def languages_of(batch: Batch) -> Array:
    """The language of each document, as a number in LANGUAGES: int64[n].

    By script where one language writes it; otherwise by most function words among the first 64 words, of at
    least three; kana anywhere makes Han text Japanese.
    """
    votes = votes_of(batch)
    best = votes.argmax(axis=1)
    scripts = words(batch).scripts.copy()
    scripts[:, [0, len(SCRIPTS) - 1]] = 0
    kana, han = SCRIPTS.index("Kana"), SCRIPTS.index("Han")
    japanese = scripts[:, kana] * 20 > scripts[:, han]
    scripts[japanese, kana] += scripts[japanese, han]
    script = scripts.argmax(axis=1)
    undetermined = LANGUAGES.index(UNDETERMINED)
    written = np.array([LANGUAGES.index(BY_SCRIPT[name]) if name in BY_SCRIPT else -1 for name in SCRIPTS])[script]
    voted = np.where(votes.max(axis=1) >= _FEWEST_VOTES, best, undetermined)
    return np.where(scripts.sum(axis=1) == 0, undetermined, np.where(written >= 0, written, voted))
