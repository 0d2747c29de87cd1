"""Separate a model's reasoning from its answer."""

from __future__ import annotations

import re

# DeepSeek, Qwen and many others; Gemini; Mistral. `<reasoning>` is left out: prompts ask for it as a part of answers.
_OPENING = re.compile(r"\s*(?:<(think|thinking|thought)>|\[(THINK)\])", re.IGNORECASE)
_CLOSING = {
    name: re.compile(rf"</{name}>\s*" if name != "[think]" else r"\[/THINK\]\s*", re.IGNORECASE)
    for name in ("think", "thinking", "thought", "[think]")
}
# Some chat templates put the opening tag into the prompt. The answer then has only the closing one, on its own line.
_CLOSING_LINE = re.compile(r"^[ \t]*(?:</(?:think|thinking)>|\[/THINK\])[ \t]*$\s*", re.IGNORECASE | re.MULTILINE)
_ANY_OPENING = re.compile(r"<(?:think|thinking)>|\[THINK\]|```", re.IGNORECASE)


def without_reasoning(text: str) -> str:
    """The text without the blocks of reasoning at its start.

    Reasoning that is not closed was cut off, so nothing is left. A text without reasoning is returned unchanged.
    """
    start = 0
    while opening := _OPENING.match(text, start):
        name = (opening[1] or "[think]").lower()
        closing = _CLOSING[name].search(text, opening.end())
        if closing is None:
            return ""
        start = closing.end()
    if start == 0 and (line := _CLOSING_LINE.search(text)) and not _ANY_OPENING.search(text, 0, line.start()):
        start = line.end()
    return text[start:]
