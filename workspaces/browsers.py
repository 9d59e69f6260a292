"""A user agent's line in words a person knows: "Chrome on Linux"."""

import re

# The first that fits: many claim to be those below them too.
BROWSERS = [
    (r"\bEdg(e|A|iOS)?/", "Edge"),
    (r"\b(OPR|Opera|OPT)/", "Opera"),
    (r"\bVivaldi/", "Vivaldi"),
    (r"\bYaBrowser/", "Yandex"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\bDuckDuckGo/", "DuckDuckGo"),
    (r"\b(Firefox|FxiOS)/", "Firefox"),
    (r"\b(Chrome|CriOS|Chromium|HeadlessChrome)/", "Chrome"),
    (r"\bVersion/[\d.]+.*\bSafari/", "Safari"),
    (r"\b(MSIE |Trident/)", "Internet Explorer"),
    (r"^curl/", "curl"),
    (r"^Wget/", "Wget"),
    (r"^python-requests/|^Python-urllib/|^python-httpx/", "Python"),
    (r"^PostmanRuntime/", "Postman"),
    (r"^okhttp/", "an Android app"),
]

SYSTEMS = [
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bWindows\b", "Windows"),
    (r"\bMac(intosh| OS X)", "macOS"),
    (r"\bLinux\b|\bX11\b", "Linux"),
]

UNKNOWN = "Unknown browser"


def browser_words(user_agent: str) -> str:
    browser = first_that_fits(BROWSERS, user_agent)
    system = first_that_fits(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else UNKNOWN)


def first_that_fits(names: list[tuple[str, str]], user_agent: str) -> str | None:
    return next((name for pattern, name in names if re.search(pattern, user_agent)), None)
