"""A row of a file as a person: which column is what, and what is wrong with the row in words for who made it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from inbox.actions.editing import (
    LONGEST_NAME,
    MOST_ATTRIBUTES,
    MOST_TAGS,
    checked_attribute,
    checked_tag,
    plain,
    with_tags,
)
from workspaces.refusals import Refused

COLUMNS = {
    "": "Leave out",
    "phone": "WhatsApp phone",
    "name": "Name",
    "tags": "Tags",
    "opted_in": "Opted in",
    "source": "Source of the consent",
    "attribute": "A fact",
}
# How such a column is usually headed.
GUESSES = {
    "phone": r"phone|mobile|cell|whatsapp|wa.?id|tel(efon|éfono|ephone)?|handy|msisdn",
    "name": r"(full |display )?name|nombre|nom|contact( name)?",
    "tags": r"tags?|labels?|etiquetas?|groups?",
    "opted_in": r"opt(ed)?.?in|consent|einwilligung|consentimiento",
    "source": r"(opt.?in|consent).?source|source( of .*)?",
}
# Within a longer heading.
PHONE_WORDS = re.compile(r"\b(phone|mobile|cell|whatsapp|tel[eé]fono|telefon|handy)\b", re.IGNORECASE)
YES = {"yes", "y", "true", "1", "x", "ja", "j", "si", "sí", "oui", "opted in", "opt-in"}
NO = {"no", "n", "false", "0", "nein", "non", "opted out", "opt-out"}
SEPARATOR = re.compile(r"[,;|]")
SHORTENED = re.compile(r"\d[.,]?\d*e\+?\d+", re.IGNORECASE)
LONGEST_SOURCE = 100


class BadRow(Exception):
    """What is wrong, for the person who made the file."""


@dataclass(slots=True)
class NewPerson:
    phone: str = ""
    name: str = ""
    tags: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    opted_in: bool | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is true of every row."""

    head: Sequence[str]
    columns: Sequence[str]
    country_code: str = ""
    tags: Sequence[str] = ()
    all_agreed: bool = False
    source: str = ""


def guessed(head: Sequence[str]) -> list[str]:
    """Each thing at most once; the rest is left out."""
    columns = [""] * len(head)
    for kind, words in GUESSES.items():
        fitting = [place for place, title in enumerate(head) if re.fullmatch(words, title.strip(), re.IGNORECASE)]
        if kind == "phone":
            fitting += [place for place, title in enumerate(head) if PHONE_WORDS.search(title)]
        free = [place for place in fitting if not columns[place]]
        if free:
            columns[free[0]] = kind
    return columns


def person_in(row: Sequence[str], rules: Rules) -> NewPerson:
    person = NewPerson(tags=list(rules.tags))
    for title, kind, cell in zip(rules.head, rules.columns, row, strict=True):
        if kind == "attribute" and cell:
            person.attributes[plain(title) or "Fact"] = cell
        elif kind and cell:
            READERS[kind](person, cell)
    person.phone = phone_in(person.phone, rules.country_code)
    person.opted_in = True if rules.all_agreed and person.opted_in is None else person.opted_in
    if person.opted_in is not None:
        person.source = (person.source or rules.source)[:LONGEST_SOURCE]
    return checked(person)


def phone_in(cell: str, country_code: str) -> str:
    """Digits alone, with the country's."""
    if not cell:
        raise BadRow("There is no phone number.")
    if SHORTENED.fullmatch(cell):
        raise BadRow("The spreadsheet has shortened this number: format the column as text and export it anew.")
    digits = re.sub(r"[\s()./\-\u00a0\u2010-\u2015\u202a-\u202e]", "", cell)
    international = digits.startswith(("+", "00"))
    digits = digits.removeprefix("+").removeprefix("00") if international else digits
    if digits.startswith("0") and not international and country_code:
        digits = country_code + digits.lstrip("0")
    if not (digits.isascii() and digits.isdigit()):
        raise BadRow("This is not a phone number.")
    if digits.startswith("0"):
        raise BadRow("The country code is missing, as in +49 151 2345678.")
    if not 7 <= len(digits) <= 15:
        raise BadRow("A phone number has 7 to 15 digits with its country code.")
    return digits


def read_phone(person: NewPerson, cell: str) -> None:
    person.phone = cell


def read_name(person: NewPerson, cell: str) -> None:
    person.name = plain(cell)


def read_tags(person: NewPerson, cell: str) -> None:
    person.tags += [tag for tag in SEPARATOR.split(cell) if tag.strip()]


def read_opted_in(person: NewPerson, cell: str) -> None:
    said = cell.casefold().strip()
    if said not in YES | NO:
        raise BadRow("“Opted in” is neither yes nor no.")
    person.opted_in = said in YES


def read_source(person: NewPerson, cell: str) -> None:
    person.source = plain(cell)


READERS: dict[str, Callable[[NewPerson, str], None]] = {
    "phone": read_phone,
    "name": read_name,
    "tags": read_tags,
    "opted_in": read_opted_in,
    "source": read_source,
}


def checked(person: NewPerson) -> NewPerson:
    if len(person.name) > LONGEST_NAME:
        raise BadRow(f"The name has more than {LONGEST_NAME} characters.")
    if len(person.tags) > MOST_TAGS or len(person.attributes) > MOST_ATTRIBUTES:
        raise BadRow("There are more tags or facts than a contact takes.")
    try:
        person.tags = with_tags([], [checked_tag(tag) for tag in person.tags])
        person.attributes = dict(checked_attribute(*pair) for pair in person.attributes.items())
    except Refused as refusal:
        raise BadRow(refusal.message) from refusal
    return person
