"""Texts for JSON Schemas: by format, by pattern, by length; else each time another one."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from apiforge.openapi.description import Node

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST_TEXT = 40
_UNIQUE = 16
_SAMPLES = 20
_CODE = 3  # characters: of a currency, a country; made up they would mean nothing
_FORMATS = {
    "uuid": "{uuid}",
    "date": "{date}",
    "date-time": "{datetime}",
    "email": "{email}",
    "idn-email": "{email}",
    "uri": "{url}",
    "url": "{url}",
    "iri": "{url}",
    "uri-reference": "{url}",
    "decimal": "{decimal:6,2}",
    "ipv4": "192.0.2.{integer:1,254}",
    "ipv6": "2001:db8::{integer:1,9999}",
    "hostname": "{unique:12}.example.com",
    "time": "12:34:56Z",
    "duration": "PT1H",
    "byte": "YXBpZm9yZ2U=",
}
_FORMATS_OF_NO_MATTER = {"password", "binary", "string", "int32", "int64", "float", "double"}


class Unmakeable(Exception):
    """No value can be made for a schema; the text says why."""


def literal(value: Any) -> Any:
    """A value that stands for itself: braces in it are no placeholders."""
    if isinstance(value, str):
        return value.replace("{", "{{").replace("}", "}}")
    if isinstance(value, Mapping):
        return {key: literal(one) for key, one in value.items()}
    return [literal(one) for one in value] if isinstance(value, list) else value


def text_of(schema: Node) -> Any:
    """A string that the schema allows. Raises Unmakeable."""
    form = schema.get("format")
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    if form in _FORMATS:
        return _FORMATS[form]
    if schema.get("pattern"):
        return _matching(str(schema["pattern"]), least, most)
    if form is not None and form not in _FORMATS_OF_NO_MATTER:
        return _example(schema, form)
    if most is not None and int(most) <= _CODE and schema.get("example"):
        return literal(schema["example"])
    return _unique(least, most)


def _unique(least: int, most: int | None) -> str:
    """Each time another one: what must be unique is seldom said."""
    longest = int(most) if most is not None else max(least, _LONGEST_TEXT)
    if longest < 1:
        return ""
    length = max(min(longest, _UNIQUE), min(least, _UNIQUE))
    return f"{{unique:{length}}}" + "x" * max(0, least - length)


def _example(schema: Node, form: str) -> Any:
    examples = [schema.get("example"), *(schema.get("examples") or []), schema.get("default")]
    for one in examples:
        if one is not None:
            return literal(one)
    raise Unmakeable(f"the format {form!r} is not known, and there is no example")


def _matching(pattern: str, least: int, most: int | None) -> str:
    """One of some texts that match, made now: the load test itself only chooses."""
    try:
        if all(re.search(pattern, one) for one in _samples(least, most)):
            return _unique(least, most)
    except re.error as error:
        raise Unmakeable(f"the pattern {pattern} is not understood") from error
    import rstr  # only here: few descriptions need it

    maker = rstr.Rstr(Random(pattern))
    found = []
    for _ in range(_SAMPLES * 5):
        try:
            text = maker.xeger(pattern)
        except (re.error, ValueError, KeyError, TypeError) as error:
            raise Unmakeable(f"no text can be made for the pattern {pattern}") from error
        is_long_enough = least <= len(text) and (most is None or len(text) <= most)
        if is_long_enough and text.isprintable() and not set("{}|") & set(text):
            found.append(text)
    texts = list(dict.fromkeys(found))[:_SAMPLES]
    if not texts:
        raise Unmakeable(f"no text can be made for the pattern {pattern}")
    return f"{{choice:{'|'.join(texts)}}}" if len(texts) > 1 else texts[0]


def _samples(least: int, most: int | None) -> list[str]:
    """Texts such as {unique:n} makes; a pattern may only ask that no character is a control."""
    length = max(min(_LONGEST_TEXT if most is None else most, _UNIQUE), min(least, _UNIQUE))
    random = Random(length)
    return ["".join(random.choices(_ALPHABET, k=length)) for _ in range(_SAMPLES)]
