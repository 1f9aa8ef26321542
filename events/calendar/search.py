"""Finding events by a part of a word. Chinese writes no spaces and most of its words are pairs, so every 1- and 2-gram is indexed."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_

from events.calendar.models import Event

# Punctuation, separators and control characters part words, in what is searched as in what is asked: 杨浦·秀 is 杨浦 and 秀.
PARTING = ("P", "Z", "C")


def normal(*texts: str | None) -> str:
    """The texts as they are compared: NFKC, case folded, everything between words one space (Unicode 3.13, D145-D147)."""
    joined = " ".join(text for text in texts if text)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", joined).casefold())
    return " ".join("".join(" " if unicodedata.category(c)[0] in PARTING else c for c in folded).split())


def grams(text: str) -> list[str]:
    """Every single character and every pair of neighbours in the words of a text, once each, sorted."""
    words = normal(text).split()
    return sorted({word[at : at + size] for word in words for size in (1, 2) for at in range(len(word) - size + 1)})


def make_searchable(event: Event, *texts: str | None) -> None:
    """Let the event be found by any part of these: its title, the name of its venue, its organiser."""
    event.searched = normal(*texts)
    event.grams = grams(event.searched)


def sought(queries: Sequence[str]) -> list[list[str]]:
    """The words of each query; of one that is nothing but punctuation, which finds nothing, there are none."""
    return [words for query in queries if (words := normal(query).split())]


def found_by(searched: str, queries: list[list[str]]) -> bool:
    """Whether a normalised text has every word of at least one of the queries that are `sought`. As `condition` judges, in memory."""
    return any(all(word in searched for word in words) for words in queries)


def condition(queries: Sequence[str], *, indexed: bool = True) -> ColumnElement[bool]:
    """Events that have every word of at least one of the queries. A query of nothing but punctuation finds nothing.

    `indexed` asks the index of grams; without it each row's text is looked through, which is cheaper for rows that are read anyway.
    """
    return or_(false(), *(_all_of(words, indexed=indexed) for words in sought(queries)))


def _all_of(words: Sequence[str], *, indexed: bool) -> ColumnElement[bool]:
    """Grams decide words of one or two characters; a longer one has its pairs next to each other too, which only the text can tell."""
    pairs = {gram for word in words for gram in grams(word) if len(gram) == min(len(word), 2)}
    texts = [Event.searched.contains(word, autoescape=True) for word in words if len(word) > 2 or not indexed]
    return and_(Event.grams.contains(sorted(pairs)), *texts) if indexed else and_(*texts)
