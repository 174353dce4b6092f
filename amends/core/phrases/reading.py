"""The wordings of this package, compiled once each and looked for in a text.

Most messages hold no trap, so a wording is tried only when every one of its words could be there: the message's
words are looked up in an index by each wording's rarest word; a regular expression has the last say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, Generic, NamedTuple, TypeVar

from amends.core.phrases import NAMED
from amends.core.phrases.folding import HAN, fold, keys_of

Code = TypeVar("Code")


class Wording(NamedTuple):
    """One wording. `needs`: of each set, one key must be among the text's keys.

    `asks`: an ask of the reader, which is none when the writer speaks of himself. `expression` is compiled when a
    text first needs it; compiling all of them would make every start of the program a third of a second longer.
    """

    needs: tuple[frozenset[str], ...]
    expression: str
    asks: bool
    language: str


class Reader(Generic[Code]):
    """Finds which codes a text is about, given code -> language -> wordings."""

    def __init__(self, wordings: Mapping[Code, Mapping[str, tuple[str, ...]]]) -> None:
        self._by_key: dict[str, list[tuple[Code, Wording]]] = {}
        for code, by_language in wordings.items():
            for language, written in by_language.items():
                for words in written:
                    wording = compile_wording(words, language)
                    for key in _rarest(wording.needs):
                        self._by_key.setdefault(key, []).append((code, wording))
        self._keys = frozenset(self._by_key)

    def read(self, text: str) -> frozenset[Code]:
        """The codes whose wordings stand in the text, said to the reader and not denied."""
        folded = fold(text)
        keys = keys_of(folded)
        found: set[Code] = set()
        for key in keys & self._keys:
            for code, wording in self._by_key[key]:
                if code not in found and _stands_in(folded, keys, wording):
                    found.add(code)
        return frozenset(found)


def compile_wording(words: str, language: str) -> Wording:
    """A wording in the notation of this package. Raises ValueError naming the element that is not in it."""
    asks = words.startswith(">")
    elements = words.removeprefix(">").split()
    chinese = language == "zh"
    needs: list[frozenset[str]] = []
    pattern = "" if chinese else "(?<= )"
    for before, element in zip(["", *elements], elements, strict=False):
        if element.startswith("..."):
            pattern += _gap(element, chinese=chinese, after_will=before == "{will}")
        elif element.startswith("!"):
            pattern += f"(?!(?:{_alternatives(element[1:], language)}))"
        elif element.endswith("?"):
            pattern += f"(?:{_alternatives(element[:-1], language)})?"
        else:
            pattern += f"(?:{_alternatives(element, language)})"
            needs.append(_keys(element, language))
    if not needs:
        raise ValueError(f"{words!r} has no word that must be there; write one without a question mark.")
    return Wording(tuple(need for need in needs if "#" not in need), pattern, asks, language)


# ---------------------------------------------------------------- matching


def _stands_in(folded: str, keys: set[str], wording: Wording) -> bool:
    for need in wording.needs:
        if need.isdisjoint(keys):
            return False
    return any(
        not (_DENIED[wording.language].search(before) or (wording.asks and _OF_ONESELF.search(before)))
        for before in (folded[max(0, at - 48) : at] for at in _places(folded, wording.expression))
    )


def _places(folded: str, expression: str) -> Iterator[int]:
    return (found.start() for found in _compiled(expression).finditer(folded))


_compiled: Final = cache(re.compile)


# Right before a wording these deny it, by language ("no" is Portuguese for "in the"). "Why not …" and 能不能 do not.
_DENIED: Final = {
    "en": re.compile(
        r" (?:(?<!why )not|no|never|without|dont|do not|didnt|wont|cant|cannot|refused?(?: to)?|instead of)"
        r"(?: (?:want|need|accept|agree(?: to)?|like|be))?(?: (?:a|an|any|the|to|your|his|my))? $"
    ),
    "ru": re.compile(
        r" (?:(?<!бы )не|ни|без|вместо|нет)"
        r"(?: (?:хочу|надо|нужен|нужна|нужно|буду|могу|принимаю|согласен(?: на)?|согласна(?: на)?))?"
        r"(?: (?:ваш|вашу|ваша|ваши))? $"
    ),
    "zh": re.compile(
        r"(?:(?<![能可要好是想会])不|别|没有?|拒绝|无法|勿)(?:要|想|能|会|接受|同意|需要|用|愿意|是|给|必)? ?$"
    ),
    "pt": re.compile(
        r" (?:(?<!que )(?<!porque )nao|nem|nunca|sem|em (?:vez|lugar) de)"
        r"(?: (?:quero|aceito|preciso|posso|vou|me|o|a))*(?: (?:um|uma|o|a|seu|sua|nenhum|nenhuma))? $"
    ),
    "es": re.compile(
        r" (?:(?<!que )(?<!porque )no|ni|nunca|sin|en (?:vez|lugar) de)"
        r"(?: (?:quiero|acepto|necesito|puedo|voy a|me|lo|le|te))*(?: (?:un|una|el|la|su|ningun|ninguna))? $"
    ),
}
# Before an ask of the reader these make it something the writer does, did, or asks whether to do.
_OF_ONESELF: Final = re.compile(
    r" (?:i|he|she|they|let me|made me|make me|do you|did you|(?<!can )(?<!could )(?<!shall )we)"
    r"(?: (?:will|can|could|would|want|have|had|need|must|should|may|might|did|do|am|was|like|going|to|already|also|"
    r"just|gladly|only|still))* $"
    r"| (?:ill|id|ive) $"
    r"|我们?(?:想|要|会|可以|能|已经|已|需要|愿意|正在|刚)? ?$"
)


# ---------------------------------------------------------------- the notation


def _gap(element: str, *, chinese: bool, after_will: bool) -> str:
    size = element.removeprefix("...").removesuffix("+")
    if size and not size.isdigit():
        raise ValueError(f"{element!r} is no gap; write ..., ...7 or ...7+.")
    across = "" if element.endswith("+") else "|"
    if chinese:
        return f"[^{across}\n]{{0,{size or 6}}}?"
    never = "(?!not |never )" if after_will else ""  # "I will not send …"
    return f"(?:{never}[^ {across}]+ ){{0,{size or 4}}}?"


@cache
def _alternatives(element: str, language: str) -> str:
    """A regular expression for one of the alternatives; outside Chinese, with the blank (and comma) behind it."""
    spelt = sorted({_spelt(words, language) for words in _named(element, language)}, key=len, reverse=True)
    return "(?:" + "|".join(spelt) + ")" + (" ?" if language == "zh" else " (?:, )?")


def _spelt(words: str, language: str) -> str:
    if words == "#":
        return r"\d[\d.,]*"
    parts = []
    for word in words.split("_"):
        parts.append(re.escape(word.removesuffix("*")) + (r"[^ |]*" if word.endswith("*") else ""))
    return (" ?" if language == "zh" else " ").join(parts)


@cache
def _keys(element: str, language: str) -> frozenset[str]:
    """For each alternative one key that `keys_of` gives for every text it stands in."""
    return frozenset(_key(words) for words in _named(element, language))


def _key(words: str) -> str:
    first = words.split("_", maxsplit=1)[0]
    if re.match(f"[{HAN}]", first):
        return first[:2]
    if not first.endswith("*"):
        return first
    if len(first) < 4:
        raise ValueError(f"{words!r} is too short to be looked up; write three letters before the star.")
    return first[:-1][:4]


def _named(element: str, language: str) -> Iterator[str]:
    for words in element.split("|"):
        if words.startswith("{"):
            yield from _named(NAMED[language][words[1:-1]], language)
        else:
            yield words if words.isascii() else _folded(words)


@cache
def _folded(words: str) -> str:
    """An alternative in the letters of a folded text; the signs of the notation are left alone."""
    return "".join(fold(part).strip() if part.isalpha() else part for part in re.split(r"([_*?#])", words))


def _rarest(needs: tuple[frozenset[str], ...]) -> frozenset[str]:
    """The need that fewest texts meet: none of the everyday words, few alternatives, long keys."""
    return min(needs, key=lambda need: (not need.isdisjoint(_EVERYDAY), len(need), -min(map(len, need))))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EVERYDAY: Final = _words(
    "i we you the a an to in on it is my our your me us for of and not send give get make do take new if can will"
    " refund order money please back good pay one more again item add time days photo photos return after when buy ship"
    " put de la el o que no un una em com para por se eu voce nos le te lo su sua seu mais mas"
    " и в на не мы вы вам за по еще"
    " 我 你 您 的 了 给 发 退 不 就 再 后 用 到 新 改 一 要 下 等 天 店 寄 我们 返 拿 留 写"
)
