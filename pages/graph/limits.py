"""What each platform allows, in words for people; and text cut to measure."""

from dataclasses import dataclass

from pages.graph.content import File, Outgoing, QuickReply
from pages.graph.splitting import split_text, text_length, text_limit
from workspaces.models import Platform

__all__ = ["CAPTION_LIMIT", "FILE_RULES", "problems_of", "split_text", "text_length", "text_limit"]

KB, MB = 1024, 1024 * 1024

CAPTION_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class FileRule:
    size: int
    # None: any.
    types: frozenset[str] | None = None
    # As people say them.
    names: str = ""


def kinds(text: str) -> frozenset[str]:
    return frozenset(text.split())


ANY_25 = FileRule(25 * MB)
WHATSAPP_AUDIO = FileRule(
    16 * MB,
    kinds("audio/aac audio/amr audio/mpeg audio/mp3 audio/mp4 audio/m4a audio/x-m4a audio/ogg audio/opus"),
    "AAC, AMR, MP3, M4A or OGG",
)
INSTAGRAM_AUDIO = FileRule(
    25 * MB,
    kinds("audio/aac audio/mp4 audio/m4a audio/x-m4a audio/wav audio/x-wav audio/wave audio/vnd.wave video/mp4"),
    "AAC, M4A, WAV or MP4",
)
FILE_RULES: dict[str, dict[str, FileRule]] = {
    Platform.FACEBOOK: {
        "IMAGE": FileRule(25 * MB, kinds("image/png image/jpeg image/gif image/webp"), "PNG, JPEG, GIF or WebP"),
        "VIDEO": ANY_25,
        "AUDIO": ANY_25,
        "VOICE": ANY_25,
        "FILE": ANY_25,
    },
    Platform.INSTAGRAM: {
        "IMAGE": FileRule(8 * MB, kinds("image/png image/jpeg image/gif"), "PNG, JPEG or GIF"),
        "VIDEO": FileRule(
            25 * MB,
            kinds("video/mp4 video/ogg video/x-msvideo video/avi video/quicktime video/webm"),
            "MP4, OGG, AVI, MOV or WebM",
        ),
        "AUDIO": INSTAGRAM_AUDIO,
        "VOICE": INSTAGRAM_AUDIO,
        "FILE": FileRule(25 * MB, kinds("application/pdf"), "PDF"),
    },
    Platform.WHATSAPP: {
        "IMAGE": FileRule(5 * MB, kinds("image/jpeg image/png"), "JPEG or PNG"),
        "VIDEO": FileRule(16 * MB, kinds("video/mp4 video/3gpp video/3gp"), "MP4 or 3GP"),
        "AUDIO": WHATSAPP_AUDIO,
        "VOICE": FileRule(16 * MB, kinds("audio/ogg audio/opus"), "OGG with Opus"),
        "FILE": FileRule(100 * MB),
        "STICKER": FileRule(500 * KB, kinds("image/webp"), "WebP"),
    },
}
NOUNS = {"IMAGE": "picture", "VIDEO": "video", "AUDIO": "audio file", "VOICE": "voice note", "STICKER": "sticker"}

MOST_BUTTONS, MOST_ROWS, MOST_QUICK_REPLIES = 3, 10, 13
BUTTON_TITLE, ROW_TITLE = 20, 24
BUTTON_BODY = 1024
BUTTON_PAYLOAD, ROW_PAYLOAD, QUICK_REPLY_PAYLOAD = 256, 200, 1000


def problems_of(platform: str, what: Outgoing) -> list[str]:
    """Empty: the platform takes it."""
    name = Platform(platform).label
    problems = template_problems(platform, what) if what.type == "TEMPLATE" else content_problems(platform, what, name)
    if what.tag and (platform == Platform.WHATSAPP or what.tag != "HUMAN_AGENT"):
        problems.append(f"{name} does not take the tag {what.tag}.")
    return problems


def template_problems(platform: str, what: Outgoing) -> list[str]:
    if platform != Platform.WHATSAPP:
        return [f"Templates cannot be sent on {Platform(platform).label}."]
    if not what.template.get("name") or not what.template.get("language"):
        return ["Choose a template and its language."]
    return []


def content_problems(platform: str, what: Outgoing, name: str) -> list[str]:
    problems = []
    if what.file:
        problems += file_problems(platform, what.type, what.file, name)
    elif what.type != "TEXT":
        problems.append(f"Attach the {NOUNS.get(what.type, 'file')}.")
    problems += text_problems(platform, what, name)
    return problems + quick_reply_problems(platform, what, name)


def text_problems(platform: str, what: Outgoing, name: str) -> list[str]:
    if not what.file:
        if not what.text.strip():
            return ["Write something, or attach a file."] if what.type == "TEXT" else []
        return too_long(platform, what.text, most_text(platform, what), name)
    if not what.text:
        return []
    if platform != Platform.WHATSAPP:
        return [f"{name} takes text and a file as two messages."]
    if what.type in {"AUDIO", "VOICE", "STICKER"}:
        return [f"WhatsApp shows no text under a {NOUNS[what.type]}: send it as a message of its own."]
    return too_long(platform, what.text, CAPTION_LIMIT, name, "text under a file")


def most_text(platform: str, what: Outgoing) -> int:
    has_buttons = platform == Platform.WHATSAPP and 0 < len(what.quick_replies) <= MOST_BUTTONS
    return BUTTON_BODY if has_buttons else text_limit(platform)


def too_long(platform: str, text: str, most: int, name: str, noun: str = "text") -> list[str]:
    if (length := text_length(platform, text)) <= most:
        return []
    unit = "bytes (letters with accents and emoji count several)" if platform == Platform.INSTAGRAM else "characters"
    return [f"{name} takes {most:,} {unit} of {noun}; this has {length:,}."]


def file_problems(platform: str, kind: str, file: File, name: str) -> list[str]:
    noun = NOUNS.get(kind, "file")
    rule = FILE_RULES[platform].get(kind)
    if rule is None:
        return [f"{name} takes no {noun}."]
    problems = []
    if rule.types is not None and file.mime_type.split(";")[0].strip().lower() not in rule.types:
        problems.append(f"{name} takes a {noun} as {rule.names}; {file.name} is another kind.")
    if file.size > rule.size:
        problems.append(f"{name} takes a {noun} of up to {size_of(rule.size)}; {file.name} has {size_of(file.size)}.")
    if not file.size:
        problems.append(f"{file.name} is empty.")
    return problems


def size_of(amount: int) -> str:
    return f"{amount / MB:.1f} MB".replace(".0 ", " ") if amount >= MB else f"{max(1, amount // KB)} KB"


def quick_reply_problems(platform: str, what: Outgoing, name: str) -> list[str]:
    replies = what.quick_replies
    if not replies:
        return []
    if what.file and platform != Platform.FACEBOOK:
        return [f"{name} takes quick replies with text alone."]
    most = MOST_ROWS if platform == Platform.WHATSAPP else MOST_QUICK_REPLIES
    problems = [f"{name} takes up to {most} quick replies; these are {len(replies)}."] if len(replies) > most else []
    title, payload = title_and_payload(platform, len(replies))
    for reply in replies:
        problems += reply_problems(reply, title, payload)
    if platform == Platform.WHATSAPP and repeats(replies):
        problems.append("WhatsApp takes each quick reply once: two of these are the same.")
    return problems


def title_and_payload(platform: str, count: int) -> tuple[int, int]:
    if platform != Platform.WHATSAPP:
        return BUTTON_TITLE, QUICK_REPLY_PAYLOAD
    return (BUTTON_TITLE, BUTTON_PAYLOAD) if count <= MOST_BUTTONS else (ROW_TITLE, ROW_PAYLOAD)


def reply_problems(reply: QuickReply, title: int, payload: int) -> list[str]:
    problems = []
    if not reply.title.strip():
        problems.append("Every quick reply needs a title.")
    if len(reply.title) > title:
        problems.append(f"A quick reply's title has up to {title} characters here; “{reply.title}” is longer.")
    if len(reply.payload) > payload:
        problems.append(f"What is behind “{reply.title[:30]}” is longer than {payload} characters.")
    return problems


def repeats(replies: tuple[QuickReply, ...]) -> bool:
    ids = {reply.payload or reply.title for reply in replies}
    return len(ids) < len(replies) or len({reply.title for reply in replies}) < len(replies)
