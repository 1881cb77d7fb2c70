"""English plurals of resource names: irregular words, uncountable ones, words already plural.

A library would do, but the small ones are abandoned and the kept one imports a type checker at
start-up. The last word of a snake_case or camelCase name is the one that changes.
"""

import re
import unicodedata
from keyword import iskeyword


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_PAIRS = _words(
    "child children criterion criteria curriculum curricula datum data die dice foot feet "
    "genus genera goose geese louse lice man men medium media mouse mice ox oxen person people "
    "phenomenon phenomena quiz quizzes tooth teeth woman women"
)
_ENDINGS = {
    ("um", "a"): _words("addendum bacterium erratum memorandum stratum"),
    ("ex", "ices"): _words("codex index subindex vertex vortex"),
    ("ix", "ices"): _words("appendix matrix submatrix"),
    ("us", "i"): _words("alumnus fungus nucleus radius stimulus"),
    ("a", "ae"): _words("alga alumna larva vertebra"),
    ("f", "ves"): _words("calf elf half leaf loaf self sheaf shelf thief wolf"),
    ("fe", "ves"): _words("knife life wife"),
    ("o", "oes"): _words(
        "buffalo cargo domino echo embargo hero mango mosquito potato tomato torpedo veto"
    ),
    ("ch", "chs"): _words("epoch loch monarch patriarch stomach tech"),
}
_IRREGULAR = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)) | {
    word: word.removesuffix(ending) + plural
    for (ending, plural), words in _ENDINGS.items()
    for word in words
}
_COMPOUNDING = _words("child foot leaf life mouse person shelf tooth wife woman")
_PEOPLE_BEFORE_MAN = _words(
    "air business camera chair congress crafts door fire fisher fore gentle hang noble police "
    "post repair sales spokes states yachts"
)
_UNCOUNTABLE = _words(
    "advice aircraft baggage bison cattle chess deer equipment evidence feedback fish furniture "
    "hardware headquarters homework information jeans knowledge kudos luggage mathematics means "
    "metadata moose money music news offspring physics police research rice salmon scissors series "
    "sheep software spacecraft species staff swine traffic trousers trout weather"
)
_SINGULAR_IN_S = _words(
    "alias as atlas bias bus canvas chaos christmas cosmos diabetes ethos gas hermes lens pancreas "
    "rhinoceros"
)
_PLURAL_IN_US = _words("emus gnus gurus menus tofus")
_ALREADY_PLURAL = frozenset(_IRREGULAR.values())
_LAST_WORD = re.compile(r"(?P<stem>.*?)(?P<word>[a-z]+|[A-Z][a-z]*|[A-Z]+)(?P<tail>[_0-9]*)", re.S)


def pluralize(name: str) -> str:
    """The plural of the last word of `name`; the same name where it is plural or uncountable.

    A name that does not end in a Latin letter has no English plural and stays as it is.
    """
    found = _LAST_WORD.fullmatch(name)
    if found is None:
        return name + "s" if unicodedata.name(name[-1], "").startswith("LATIN") else name
    word, tail = found["word"], found["tail"]
    if tail.strip("_"):
        return found["stem"] + word + tail + "s"
    plural = _in_case_of(word, _plural_of_word(word.lower()))
    whole = found["stem"] + plural + tail
    return whole + "es" if iskeyword(whole) else whole


def _in_case_of(word: str, plural: str) -> str:
    if len(word) > 1 and word.isupper():
        return plural.upper()
    return plural.capitalize() if word[0].isupper() else plural


def _plural_of_word(word: str) -> str:
    if word in _UNCOUNTABLE or word in _ALREADY_PLURAL:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending in _COMPOUNDING:
        if word.endswith(ending):
            return word.removesuffix(ending) + _IRREGULAR[ending]
        if word.endswith(_IRREGULAR[ending]):
            return word
    if word.endswith(("man", "men")) and word[:-3] in _PEOPLE_BEFORE_MAN:
        return word[:-2] + "en"
    return _regular_plural(word)


def _regular_plural(word: str) -> str:
    if word.endswith("s"):
        return _plural_of_word_in_s(word)
    if re.search(r"([^aeiou]|qu)y$", word):
        return word[:-1] + "ies"
    if re.search(r"[^aeiou]z$", word) or re.search(r"(x|ch|sh|zz)$", word):
        return word + "es"
    return word + "s"


def _plural_of_word_in_s(word: str) -> str:
    if word.endswith("ss") or word in _SINGULAR_IN_S:
        return word + "es"
    if word.endswith("us"):
        return word if word in _PLURAL_IN_US else word + "es"
    if word.endswith("sis") or word in ("axis", "praxis"):
        return word[:-2] + "es"
    if word in ("skis", "taxis"):
        return word
    return word + "es" if word.endswith("is") else word
