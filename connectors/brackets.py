"""Bracketed parts of free texts."""

CLOSING = {"(": ")", "[": "]", "{": "}", "〔": "〕", "【": "】", "<": ">", "〈": "〉"}


def split_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """A cleaned text without its bracketed parts, and what stood in the outermost of them. A
    bracket without its partner is an ordinary character. Linear in the length (F88)."""
    pairs = _outermost(text)
    outside, inside = [], []
    done = 0
    for start, end in pairs:
        outside.append(text[done:start])
        inside.append(text[start + 1 : end])
        done = end + 1
    outside.append(text[done:])
    return " ".join("".join(outside).split()), tuple(inside)


def without_brackets(text: str) -> str:
    """A cleaned text without its bracketed parts."""
    return split_brackets(text)[0]


def _outermost(text: str) -> list[tuple[int, int]]:
    open_at: list[tuple[int, str]] = []
    pairs: list[tuple[int, int]] = []
    for position, character in enumerate(text):
        if character in CLOSING:
            open_at.append((position, CLOSING[character]))
        elif open_at and character == open_at[-1][1]:
            start, _ = open_at.pop()
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, position))
    return pairs
