"""Which language a customer writes, as far as letters and small words tell: enough to choose who answers.

The letters decide where a language, or its greatest, has them for itself. Those that write Latin letters are told apart
by their small words; a message with fewer than two of them is left open.
"""

import re
import unicodedata
from collections import Counter

LANGUAGES = {
    "am": "Amharic",
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "gu": "Gujarati",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "km": "Khmer",
    "kn": "Kannada",
    "ko": "Korean",
    "lo": "Lao",
    "ml": "Malayalam",
    "my": "Burmese",
    "nl": "Dutch",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "si": "Sinhala",
    "sr": "Serbian",
    "sv": "Swedish",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
# By the first word of a letter's name in Unicode.
BY_SCRIPT = {
    "ARABIC": "ar",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "DEVANAGARI": "hi",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "LATIN": "",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
}
# Letters that of a script's languages only this one has; Urdu has those of Persian, too.
OWN_LETTERS = {
    "ARABIC": [("ur", "ٹڈڑےں"), ("fa", "پچژگ")],
    "CYRILLIC": [("uk", "іїєґ"), ("sr", "ђјљњћџ")],
    "LATIN": [("vi", "ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")],
}
SMALL_WORDS = {
    "cs": "je jsem že se na pro jak kdy mám můžete prosím dobrý děkuji ale není co už",
    "da": "jeg er det ikke en og at til har hvad hvornår kan min mit tak hej på med af",
    "de": "ich ist nicht und der die das ein eine mit für wie wann wo habe bitte danke mein meine sie auf zu haben",
    "en": "i want need hello the is are and you my have what when where can please thanks for this that how do it of",
    "es": "el la los las es una y que mi por para con cuando donde como gracias hola quiero tengo no está del",
    "fi": "on ei ja se että minun olen kiitos hei voi mitä milloin missä kun onko minulla",
    "fr": "le la les est une et je vous mon ma pour avec quand où comment merci bonjour pas ne des que du",
    "hu": "az egy és nem van hogy mikor hol mit kérem köszönöm jó én meg ez",
    "id": "saya yang dan tidak ini itu ada apa kapan bisa untuk dengan terima kasih kami di ke sudah",
    "it": "il lo gli è una e che mio mia per con quando dove come grazie ciao non sono ho di del",
    "nl": "ik is niet en de het een mijn met voor wanneer waar hoe heb bedankt graag van dat zijn kan u",
    "pl": "jest nie i w na się że jak kiedy gdzie mam proszę dziękuję dzień dobry moje do czy co",
    "pt": "o os as é uma e que meu minha por para com quando onde como obrigado obrigada olá não eu do da você",
    "ro": "este nu și să cu pentru când unde cum am vă mulțumesc bună ce pe din un",
    "sv": "jag är inte och det att en ett till har vad när kan min mitt tack hej på med för",
    "tr": "ve bir bu için ne zaman nasıl nerede var mı değil teşekkürler merhaba ben benim siz ile çok",  # noqa: RUF001
    "vi": "tôi là không và có của bạn cho khi nào",
}
WORDS = {language: frozenset(words.split()) for language, words in SMALL_WORDS.items()}
WORD = re.compile(r"[^\W\d_]+")
# So many signs tell it, or none do.
LOOKED_AT = 1000


def language_of(locale: str) -> str:
    """Of what a platform says: “de_DE” is German."""
    return re.split(r"[-_]", locale.strip().lower())[0]


def language_in(text: str) -> str:
    """Nothing where it cannot be told."""
    text = text[:LOOKED_AT].lower()
    scripts = Counter(script for letter in text if (script := script_of(letter)))
    if not scripts:
        return ""
    if scripts["HIRAGANA"] or scripts["KATAKANA"]:
        return "ja"
    script = max(scripts, key=lambda name: scripts[name])
    for language, letters in OWN_LETTERS.get(script, []):
        if any(letter in letters for letter in text):
            return language
    return by_small_words(text) if script == "LATIN" else BY_SCRIPT[script]


def script_of(letter: str) -> str:
    if not letter.isalpha():
        return ""
    script = unicodedata.name(letter, "").partition(" ")[0]
    return script if script in BY_SCRIPT else ""


def by_small_words(text: str) -> str:
    words = WORD.findall(text)
    found = Counter({language: sum(word in own for word in words) for language, own in WORDS.items()})
    (first, most), (_, next_most) = found.most_common(2)
    return first if most >= 2 and most > next_most else ""
