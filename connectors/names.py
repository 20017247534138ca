"""A firm's name and its legal form (READING-AVRO §4, READING-FACTS-AND-JSON §4)."""

import re

from connectors.fields import remembered
from connectors.identifiers import legal_form_of_kind

LEGAL_FORMS = {
    "(주)": "CORP",
    "주식회사": "CORP",
    "(유)": "CORP",
    "유한회사": "CORP",
    "유한책임회사": "CORP",
    "합자회사": "CORP",
    "합명회사": "CORP",
    "사회적협동조합": "COOP",
    "협동조합": "COOP",
    "(사)": "NONPROFIT",
    "사단법인": "NONPROFIT",
    "(재)": "NONPROFIT",
    "재단법인": "NONPROFIT",
    "학교법인": "NONPROFIT",
    "의료법인": "NONPROFIT",
    "사회복지법인": "NONPROFIT",
}
_TOKENS = tuple(sorted(LEGAL_FORMS, key=len, reverse=True))
_AT_THE_START = re.compile("|".join(map(re.escape, _TOKENS)))


@remembered
def bare_name(text: str) -> tuple[str | None, str | None]:
    """A cleaned name without its legal-form tokens, and the form that the first of them says.
    Either may be None: a name can be nothing but tokens, or have none."""
    form = None
    while found := _AT_THE_START.match(text):
        token = found.group()
        text = text[len(token) :].strip(" ")
        form = form or LEGAL_FORMS[token]
    while text.endswith(_TOKENS):
        token = next(token for token in _TOKENS if text.endswith(token))
        text = text[: -len(token)].strip(" ")
        form = form or LEGAL_FORMS[token]
    return text or None, form


def firm_name(text: str, brn: str | None) -> tuple[str | None, str]:
    """Name and legal form; a form that the name does not say follows from the valid number."""
    name, form = bare_name(text)
    return name, form or legal_form_of_kind(brn)
