"""4 000 interactions out of a chat file, through two databases, in little memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median

import pytest

from tests.commands.running import CommandLine

COUNT = 4_000
# What a command may hold beyond what it holds without interactions: as many bytes as the file of 4 000 has.
ROOM = 15_000_000
# By language, what texts are made of, separated by spaces.
WORDS = {
    "en": "the answer depends on how many rivers cross the border and what a café means by “open”",
    "pt": "não há solução única: às vezes é preciso começar pela manutenção e só então medir",
    "de": "größere Übungen für Anfänger müssen natürlich möglichst kurz bleiben",
    "ru": "ответ зависит от того сколько строк в таблице и кто её читает",
    "ar": "مرحبا بكم في الخدمة الجديدة التي تعمل بدون انقطاع",
    "he": "שלום לכולם זה טקסט לדוגמה עם מספרים 1 2 3",
    "hi": "नमस्ते दुनिया यह एक उदाहरण है जिसमें कई शब्द हैं",
    "ja": "東京の天気は 今日は晴れです。 ありがとうございます 「質問」 カタカナ",
    "zh": "你好，世界。 问题 答案在第三页 𠮷野家",
    "emoji": "👩‍👩‍👧‍👦 🇧🇷 👍🏽 ok 🧪",
    "code": 'def\tf(x):\n\treturn\tx\n {} "quoted" \\ </script> \u2028 &amp;',
}


def text(random: Random, size: int) -> str:
    """Of about that many bytes, in one of the languages."""
    words = WORDS[random.choice([*WORDS])].split(" ")
    average = sum(len(word.encode()) + 1 for word in words) / len(words)
    return " ".join(random.choices(words, k=max(1, round(size / average))))


def write_chats(file: Path) -> list[int]:
    """A file of 4 000 pairs; returns the size of each."""
    random = Random(COUNT)
    sizes: list[int] = []
    with file.open("w", encoding="utf-8") as lines:
        while len(sizes) < COUNT:
            messages = [{"role": "system", "content": "Be brief."}] * random.randint(0, 1)
            for _ in range(min(random.choice([1, 1, 1, 2, 4]), COUNT - len(sizes))):
                size = 30_000 if random.random() < 0.01 else int(random.lognormvariate(7.5, 0.6))
                prompt, response = text(random, size // 4), text(random, size * 3 // 4)
                messages += [{"role": "user", "content": prompt}, {"role": "assistant", "content": response}]
                sizes.append(len(prompt.encode()) + len(response.encode()))
            line = {"model": random.choice(["model-a", "model-b"]), "messages": messages}
            lines.write(json.dumps(line, ensure_ascii=random.random() < 0.5) + "\n")
    return sizes


@pytest.mark.system
def test_a_chat_file_moves_through_two_databases_and_stays_the_same(
    command_line: Callable[..., CommandLine], tmp_path: Path
) -> None:
    chats, first_export, second_export = tmp_path / "chats.jsonl", tmp_path / "first.ndjson", tmp_path / "second.ndjson"
    sizes = write_chats(chats)
    assert 1_500 < median(sizes) < 2_500
    assert max(sizes) > 25_000

    first = command_line("first")
    most = first.peak_bytes("export_interactions", "--output", tmp_path / "nothing") + ROOM
    assert first.peak_bytes("import_interactions", chats) < most
    again = first.run("import_interactions", chats)
    assert again.stdout.startswith(b"0 interactions recorded, 4000 already there."), again
    assert first.peak_bytes("export_interactions", "--output", first_export) < most

    second = command_line("second")
    assert second.peak_bytes("import_interactions", first_export) < most
    assert second.run("export_interactions", "--output", second_export).returncode == 0

    exported = first_export.read_bytes().splitlines()
    assert len(exported) == COUNT
    assert sorted(exported) == sorted(second_export.read_bytes().splitlines())

    given = sorted(_pairs(chats.read_bytes()))
    stored = sorted((i["model"], i["prompt"], i["response"]) for i in map(json.loads, exported))
    assert stored == given


def _pairs(chats: bytes) -> list[tuple[str, str, str]]:
    pairs: list[tuple[str, str, str]] = []
    for chat in map(json.loads, chats.split(b"\n")[:-1]):
        said = [message["content"] for message in chat["messages"] if message["role"] != "system"]
        pairs += [(chat["model"], *pair) for pair in zip(said[::2], said[1::2], strict=True)]
    return pairs
