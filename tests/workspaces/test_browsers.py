"""A user agent's line in words."""

import pytest

from workspaces.browsers import browser_words

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME}", "Chrome on Linux"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/130.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} OPR/115.0.0.0", "Opera on Windows"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-S918B) {CHROME}", "Chrome on Android"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-S918B) SamsungBrowser/27.0 {CHROME}", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on macOS"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Version/17.4 Safari/605.1.15", "Safari on macOS"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) {SAFARI} Version/17.5 Mobile Safari/604.1", "Safari on iPhone"),
        (f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {SAFARI} CriOS/130.0 Safari/604.1", "Chrome on iPad"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) {SAFARI} EdgiOS/130.0 Version/17.0 Safari/605", "Edge on iPhone"),
        ("curl/8.5.0", "curl"),
        ("python-requests/2.32.3", "Python"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "A browser on Linux"),
        ("a line of nonsense", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_called_what_its_person_calls_it(user_agent: str, words: str) -> None:
    assert browser_words(user_agent) == words
