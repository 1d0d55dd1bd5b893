from datetime import UTC, datetime, timedelta

import pytest

from node.web import languages
from node.web.languages import preferred, words

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("de, fr;q=0.5, en;q=0.4", "fr"),
        ("en;q=0.4, fr;q=0.5", "fr"),
        ("fr;q=0", "en"),
        ("fr;q=x", "en"),
        ("fr;level=1", "fr"),
        ("*", "en"),
        (";;,,=", "en"),
    ],
)
def test_the_header_says_which(header, wanted):
    assert preferred(header, "en") == wanted


def test_moments():
    english, french = words("en"), words("fr")
    assert english.since(NOW - timedelta(hours=3), NOW, "") == "3 hours ago"
    assert french.since(NOW - timedelta(hours=3), NOW, "") == "il y a 3 heures"
    assert english.since(NOW, NOW, "") == "just now"
    assert french.since(NOW, NOW, "") == "à l’instant"
    assert french.since(NOW - timedelta(days=60), NOW, "") == "4 septembre 2026"
    assert english.moment(NOW, "") == "November 3, 2026, 9:00\u202fAM UTC"
    assert french.moment(NOW, "") == "3 novembre 2026 à 09:00 UTC"


def test_moments_by_somebodys_clock():
    late = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)  # already the fourth in Paris
    english, french = words("en"), words("fr")
    assert english.moment(late, "Europe/Paris") == "November 4, 2026, 12:30\u202fAM"
    assert french.moment(late, "Europe/Paris") == "4 novembre 2026 à 00:30"
    assert french.span(late, None, "Europe/Paris") == "mercredi 4 novembre 2026 à 00:30"
    assert french.until(late, NOW, "Europe/Paris") == "4 novembre à 00:30"
    assert french.until(late, NOW - timedelta(days=9), "Europe/Paris") == "4 novembre 2026"
    assert french.since(late, NOW + timedelta(days=60), "Europe/Paris") == "4 novembre 2026"
    assert [english.day(late, late, "Europe/Paris"), english.day(late, NOW, "")] == ["Today", "Today"]
    assert english.day(late, late + timedelta(hours=24), "America/Lima") == "Yesterday"
    assert english.day(late - timedelta(days=9), late, "Europe/Paris") == "October 26, 2026"


def test_the_first_of_a_month_is_ordinal_in_french():
    first, now = datetime(2026, 12, 1, 10, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)
    french, english = words("fr"), words("en")
    assert french.span(first, None, "Etc/UTC").startswith("mardi 1er décembre 2026")
    assert french.until(first, now, "Etc/UTC").startswith("1er décembre")
    assert french.moment(first, "Etc/UTC").startswith("1er décembre 2026")
    assert french.moment(datetime(2026, 12, 11, tzinfo=UTC), "Etc/UTC").startswith("11 décembre 2026")
    assert "1er" not in english.moment(first, "Etc/UTC")


def test_moments_to_come_have_a_time_of_day_when_they_are_near():
    now = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    for language, far, near in (
        ("en", "November 10, 2026", "November 4, 9:00"),
        ("fr", "10 novembre 2026", "4 novembre à 09:00 UTC"),
    ):
        assert words(language).until(now + timedelta(days=7), now, "") == far
        assert words(language).until(now + timedelta(days=1), now, "").startswith(near)


def test_numbers():
    assert words("en").number(12345) == "12,345"
    assert words("fr").number(12345) == "12\u202f345"
    assert words("en").compact(12345) == "12.3K"


def test_names_of_languages():
    assert words("fr").language_name("de") == "allemand"
    assert words("fr").language_name("zz-not-one") == "zz-not-one"
    assert next(iter(languages.post_languages("fr").values())) == "allemand"


def test_a_sentence_nobody_translated_stays():
    assert words("fr").say("Nobody wrote this.") == "Nobody wrote this."
    assert words("fr").say("") == ""
    assert words("tlh").language == "en"


def test_a_folder_that_is_missing():
    with pytest.raises(FileNotFoundError):
        languages.folder_of("nowhere")
