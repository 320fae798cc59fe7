"""Old code pages: what is told is right, and what is not sure is not told."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.library.tags.codepages import Decision, decide

SURE = {
    "cp1251": [
        "Кино|Группа крови", "Алла Пугачёва|Миллион алых роз", "АЛИСА|НЕБО СЛАВЯН", "Пикник",
        "Океан Ельзи|Без бою", "Мумий Тролль|Владивосток 2000", "Щурците|Клетва",
        "Unknown Album|Высоцкий Владимир|Кони привередливые", "Ленинград|WWW", "Nautilus|Крылья",
    ],
    "koi8_r": ["Кино|Группа крови", "Земфира|Искала"],
    "cp1252": [
        "Björk|Jóga", "Mötley Crüe", "Édith Piaf|La Vie en rose", "João Gilberto", "Beyoncé",
        "Sigur Rós|Ágætis byrjun", "Die Toten Hosen|Schönen Gruß", "Enrique|Súbeme la radio",
        "Måns Zelmerlöw", "Françoise Hardy|Tous les garçons et les filles", "Røyksopp", "Zoé",
    ],
    "cp1250": ["Myslovitz|Długość dźwięku samotności", "Omega|Gyöngyhajú lány"],
    "cp1253": ["Χατζηδάκις|παιδιά του Πειραιά"],
    "cp874": ["คาราบาว|บัวลอย"],
    "cp1256": ["أم كلثوم|انت عمري"],
    "cp932": ["宇多田ヒカル|花束を君に", "初音ミク", "中島みゆき|地上の星", "東京事変|群青日和"],
    "gbk": ["周杰伦|青花瓷", "邓丽君|月亮代表我的心", "崔健|一无所有"],
    "big5": ["鄧麗君|月亮代表我的心", "陳奕迅|十年"],
    "euc_kr": ["아이유|좋은 날", "김광석|서른 즈음에"],
}  # fmt: skip
DOUBTFUL = {
    "cp1251": ["Да", "Я", "Ю", "Чайф", "Би-2"],
    "cp1252": ["Ö", "ÄÄNI", "Ñ", "£1"],
    "cp1250": [
        "Dvořák",
        "Łódź",
        "Bijelo Dugme|Đurđevdan",
        "Karel Gott|Včelka Mája",
        "Gał",
        "Wieluń",
        "Martinović",
    ],
    "cp1257": ["Lāce, Sandis", "Kotryna Nausėda"],
    "cp1254": ["Sezen Aksu|Küçüğüm", "Müslüm Gürses|Paramparça"],
    "cp1255": ["עפרה חזה|אם ננעלו"],
    "cp932": ["夢", "桜"],
    "gbk": ["爱", "陈奕迅", "中国"],
    "euc_kr": ["사랑"],
}


@pytest.mark.parametrize(("coding", "text"), [(c, t) for c, ts in SURE.items() for t in ts])
def test_names_and_titles_tell_their_code_page(coding: str, text: str) -> None:
    texts = [part.encode(coding) for part in text.split("|")]
    found = decide(texts)
    assert [found.decode(part) for part in texts] == text.split("|")
    assert found.sure


@pytest.mark.parametrize(("coding", "text"), [(c, t) for c, ts in DOUBTFUL.items() for t in ts])
def test_few_letters_are_right_or_not_sure(coding: str, text: str) -> None:
    texts = [part.encode(coding) for part in text.split("|")]
    found = decide(texts)
    assert not found.sure or [found.decode(part) for part in texts] == text.split("|")


def test_what_is_not_sure_stays_latin() -> None:
    assert decide([b"\xa4\xd7"]) == Decision("latin-1", sure=False)
    assert decide([b"\xa4\xd7"]).decode(b"\xa4\xd7") == "¤×"  # noqa: RUF001


def test_text_that_is_cut_off_is_read_to_the_last_whole_letter() -> None:
    title = ("ヒカルの花束を君に贈ろう夢の中で".encode("cp932"))[:29]
    assert decide([title]).coding == "cp932"
    assert decide([title]).decode(title) == "ヒカルの花束を君に贈ろう夢の"
    utf_8 = ("Ünïcödé tïtlé thät ïs lông" * 2).encode()[:30]
    assert decide([utf_8]).coding == "utf-8"


@given(st.lists(st.binary(max_size=400), max_size=5))
@settings(deadline=None)
def test_any_bytes_are_decided_and_decoded(texts: list[bytes]) -> None:
    found = decide(texts)
    assert all(isinstance(found.decode(text), str) for text in texts)
    assert found == decide(texts[::-1])


def test_time_is_bounded() -> None:
    decide([b"\xcf"])
    start = time.process_time()
    decide([bytes(range(128, 256)) * 1000] * 1000)
    assert time.process_time() - start < 5
