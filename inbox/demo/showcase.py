"""The sandbox's own customers: between them every kind of message, and every state that one may be in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from inbox.demo.book import Book, Sender, Status, Story, Type
from inbox.demo.conversations import LONG
from inbox.demo.faces import face_of
from inbox.demo.files import paper, photo, sticker, video, voice
from inbox.models import Attachment, Chat, ChatEvent
from pages.sandbox import world
from workspaces.ids import uuid7

WAITING = Attachment.State.WAITING
# Until somebody begins anew: nothing of this is to be sent or fetched by itself.
LATER = timedelta(days=365)
LONG_ONE = 400
HEART, THUMB = "❤️", "👍"


def tell_of_the_regulars(book: Book) -> None:
    told = {
        "rosa": ("page", talk_with_reactions),
        "liam": ("number", everything_on_whatsapp),
        "mei": ("instagram", stories_and_posts),
        "yusuf": ("number", right_to_left),
        "zoe": ("studio", sounds_and_gaps),
        "hubert": ("page", buttons_and_ads),
        "amara": ("page", what_went_wrong),
        "ines": ("returns", other_writers),
        "kenji": ("instagram", on_its_way),
        "priya": ("number", long_talk),
    }
    people = {customer.key: customer for customer in world.customers()}
    for key, (channel, tell) in told.items():
        began_by(book, tell, channel, people[key])
    began_by(book, same_person_elsewhere, "returns", people["rosa"])
    began_by(book, blocked, "page", world.Customer("demo-spam", "Best Followers 4 U", "bestfollowers"))


def began_by(book: Book, tell: Callable[[Story], None], channel: str, customer: world.Customer) -> None:
    found = book.channels[channel]
    tell(book.story(found, face_of(book, found, customer)))


def back(story: Story, minutes: float) -> datetime:
    return story.book.ago(minutes=minutes)


def talk_with_reactions(story: Story) -> None:
    ana, sam = story.book.team["ana"], story.book.team["sam"]
    asked = story.says("Hi! I saw the Ridge 2 in your window. Does it come in green?", back(story, 300))
    story.assign(ana, ana, back(story, 296))
    story.label("Product question", ana, back(story, 295))
    answer = story.answers(ana, "Hi Rosa! In green and in sand.", back(story, 290), reply_to=asked)
    answer.reactions = {"contact": {"emoji": HEART, "at": back(story, 288).isoformat()}}
    group, files = uuid7(), (("tent", 1), ("tent", 4), ("tent", 0))
    for place, (what, ink) in enumerate(files):
        shown = story.answers(ana, "", back(story, 287 - place / 20), type=Type.IMAGE, group_id=group)
        story.attach(shown, photo(what, ink))
    story.notes(sam, f"{story.book.mention('ana')} two green ones left, both in Madrid.", back(story, 200), seen=True)
    edited = story.says("The green one, please. Can I pick it up on Saturday?", back(story, 60))
    edited.edited_at, edited.earlier_texts = back(story, 58), ["The sand one please"]
    gone = story.says("", back(story, 55))
    gone.deleted_at = back(story, 54)
    story.attach(story.says("", back(story, 8), type=Type.STICKER), sticker())
    last = story.says("😍😍", back(story, 7))
    last.reactions = {"us": {"emoji": THUMB, "at": back(story, 6).isoformat()}}
    story.prioritise(Chat.Priority.HIGH, ana, back(story, 5))


def everything_on_whatsapp(story: Story) -> None:
    bo = story.book.team["bo"]
    template = {"components": [{"type": "body", "text": "Your order AC-48213 is on its way, Liam."}]}
    template["components"].append({"type": "buttons", "text": "", "buttons": [{"text": "Track it"}]})  # type: ignore[dict-item]
    story.answers(None, "", back(story, 3000), type=Type.TEMPLATE, sender=Sender.SYSTEM, payload={"template": template})
    button = {"title": "Track it", "payload": "TRACK"}
    story.says("Track it", back(story, 240), type=Type.POSTBACK, payload={"button": button})
    story.assign(bo, bo, back(story, 238))
    choice = {"kind": "list_reply", "id": "shop", "title": "Collect in a shop", "description": "Leeds, from Friday"}
    story.says("Collect in a shop", back(story, 230), type=Type.INTERACTIVE, payload={"interactive": choice})
    place = {"latitude": 53.7997, "longitude": -1.5492, "name": "Acme Leeds", "address": "12 Briggate, Leeds"}
    story.answers(bo, "", back(story, 228), type=Type.LOCATION, payload={"location": place})
    card = {"name": "Aoife Walsh", "phones": [{"phone": "+353 85 000 0011", "type": "CELL"}]}
    cards = [card | {"emails": ["aoife@walsh.example"], "organization": "Walsh Guiding"}]
    story.says("", back(story, 90), type=Type.CONTACTS, payload={"contacts": cards})
    story.says("My sister picks it up, that is her number", back(story, 89))
    items = [{"id": "AC-ROPE-60", "name": "60 m dry rope", "quantity": 1, "price": 189.0, "currency": "EUR"}]
    items.append({"id": "AC-SLING-120", "name": "Sling 120 cm", "quantity": 4, "price": 9.5, "currency": "EUR"})
    order = {"catalog_id": "77000001", "text": "And these as well, please", "items": items}
    story.says("And these as well, please", back(story, 40), type=Type.ORDER, payload={"order": order})
    story.attach(story.answers(bo, "", back(story, 33), type=Type.FILE), paper())
    story.attach(story.says("", back(story, 12), type=Type.VOICE), voice())
    form = {"kind": "nfm_reply", "title": "", "data": {"visit_day": "Friday", "party_size": 2, "wishes": ["Coffee"]}}
    story.says("", back(story, 4), type=Type.INTERACTIVE, payload={"interactive": form})
    story.label("Shop visit", bo, back(story, 3))


def stories_and_posts(story: Story) -> None:
    sam = story.book.team["sam"]
    tale = {"id": "17900000000000001", "url": "https://acme.example/story/1"}
    story.says("這個顏色太美了!", back(story, 1300), type=Type.STORY_REPLY, payload={"story": tale})
    story.assign(sam, story.book.team["ana"], back(story, 1290), "Speaks the language.")
    thanks = story.answers(sam, "謝謝!這是新的 Moor 45。", back(story, 1280))
    thanks.reactions = {"contact": {"emoji": "🔥", "at": back(story, 1279).isoformat()}}
    mention = story.says("", back(story, 600), type=Type.STORY_MENTION, payload={"story": tale})
    story.miss(mention, Attachment.State.WITHHELD)
    post = {
        "kind": "ig_reel",
        "id": "18000000000000007",
        "url": "https://acme.example/reel/7",
        "title": "Packing light",
    }
    story.says("", back(story, 70), type=Type.SHARE, payload={"share": post})
    link = {"url": "https://acme.example/moor-45", "title": "Moor 45, Acme Outfitters"}
    story.says("https://acme.example/moor-45", back(story, 66), type=Type.LINK, payload={"link": link})
    story.says("這款還有貨嗎?", back(story, 65))


def right_to_left(story: Story) -> None:
    omar, bo = story.book.team["omar"], story.book.team["bo"]
    story.says("السلام عليكم، وصلني الحذاء بمقاس خاطئ. الطلب AC-47110", back(story, 180))
    story.assign(omar, None, back(story, 179), "Speaks Arabic.")
    story.label("إرجاع", omar, back(story, 175))
    story.answers(omar, "وعليكم السلام يوسف، نعتذر عن ذلك. هل يمكنك إرسال صورة؟", back(story, 170))
    story.attach(story.says("", back(story, 150), type=Type.IMAGE), photo("boot", 4))
    story.notes(omar, f"{story.book.mention('bo')} المقاس 43 موجود في المستودع؟ (size 43 in stock?)", back(story, 140))
    story.notes(bo, f"{story.book.mention('ana')} one pair left, I put it aside.", back(story, 100))
    story.answers(omar, "سنرسل لك المقاس الصحيح غداً، والإرجاع مجاني.", back(story, 90), status=Status.DELIVERED)
    story.prioritise(Chat.Priority.URGENT, omar, back(story, 85))


def sounds_and_gaps(story: Story) -> None:
    lena = story.book.team["lena"]
    story.says("Hallo, der Reißverschluss klemmt, siehe Video", back(story, 500))
    story.assign(lena, lena, back(story, 490))
    story.attach(story.says("", back(story, 499), type=Type.VIDEO), video())
    story.miss(
        story.says("", back(story, 480), type=Type.VIDEO), Attachment.State.TOO_LARGE, name="zelt.mov", size=412 << 20
    )
    story.miss(story.says("", back(story, 470), type=Type.IMAGE), Attachment.State.GONE, error="Meta no longer has it.")
    once = story.says("", back(story, 460), type=Type.IMAGE)
    story.miss(once, Attachment.State.WITHHELD)
    fetched = story.says("", back(story, 455), type=Type.AUDIO)
    story.miss(fetched, WAITING, not_before=story.book.now + LATER, error="The connection broke.")
    unknown = {"kind": "poll", "details": "Message type is currently not supported."}
    story.says("", back(story, 450), type=Type.UNSUPPORTED, payload={"unsupported": unknown})
    story.attach(story.answers(lena, "", back(story, 400), type=Type.AUDIO), voice(2))
    story.answers(lena, "Ich höre es, das ist die Schiene. Wir tauschen sie kostenlos.", back(story, 399))
    story.label("Spare parts", lena, back(story, 398))
    story.says("Danke! 🌸", back(story, 130))


def buttons_and_ads(story: Story) -> None:
    mei = story.book.team["mei"]
    told = {"source": "ADS", "type": "OPEN_THREAD", "ref": "autumn", "ad_id": "23850000000000001"}
    advert = told | {
        "title": "Autumn sale: tents",
        "body": "Up to 30 % off until Sunday",
        "url": "https://acme.example/ad",
    }
    story.says("", back(story, 310), type=Type.REFERRAL, payload={"referral": advert})
    start = {"title": "Get started", "payload": "START"}
    story.says("Get started", back(story, 309), type=Type.POSTBACK, payload={"button": start})
    offer = [{"title": name, "payload": name} for name in ("Tents", "Boots", "Something else")]
    text = "Welcome to Acme Outfitters! What are you looking for?"
    story.answers(None, text, back(story, 308.9), sender=Sender.BOT, payload={"quick_replies": offer})
    chosen = {"title": "Tents", "payload": "Tents"}
    story.says("Tents", back(story, 305), type=Type.QUICK_REPLY, payload={"button": chosen})
    product = {"id": "8100000000000001", "retailer_id": "AC-RIDGE-2", "title": "Ridge 2 tent", "subtitle": "349 €"}
    story.says("Is this one in the sale?", back(story, 303), payload={"product": product})
    story.assign(mei, None, back(story, 302))
    story.answers(mei, "It is: 279 € until Sunday, and the footprint comes with it.", back(story, 290))
    story.says("And how long is it? I am rather tall, as is my name.", back(story, 20))


def what_went_wrong(story: Story) -> None:
    sam = story.book.team["sam"]
    story.says("Hello, my jacket came with the wrong colour", back(story, 400))
    story.assign(sam, sam, back(story, 398))
    story.label("Complaint", sam, back(story, 397))
    story.answers(sam, "Hello Amara, I am sorry. We send the right one today.", back(story, 390))
    failed = {"status": Status.FAILED, "attempts": 1}
    why = "This customer cannot receive messages right now."
    story.answers(sam, "Here is the tracking number.", back(story, 200), error=why, error_code="551", **failed)
    why = "Meta did not understand this request, so it was not carried out."
    broken = story.answers(sam, "", back(story, 190), type=Type.FILE, error=why, error_code="100", **failed)
    story.attach(broken, paper("delivery note.pdf"))
    story.answers(sam, "It left an hour ago: 1Z 999 AA1", back(story, 120), status=Status.UNCONFIRMED, attempts=1)
    story.says("Did you send it? I see nothing here", back(story, 26))
    pause = "Meta asks for a pause: too many calls in a short time. It goes on by itself."
    held = {"status": Status.QUEUED, "not_before": story.book.now + LATER, "error": pause, "error_code": "613"}
    story.answers(sam, "We did, it should arrive tomorrow.", back(story, 9), attempts=2, **held)
    story.notes(sam, f"{story.book.mention('bo')} can you look at what Meta says here?", back(story, 8))


def other_writers(story: Story) -> None:
    ana = story.book.team["ana"]
    story.says("Olá, quero devolver umas botas", back(story, 900))
    story.answers(
        None, "Olá Inês, pode deixar na loja?", back(story, 880), sender=Sender.ELSEWHERE, payload={"app_id": "9"}
    )
    notice = {"system": {"kind": "user_changed_number"}}
    text = "Inês Carvalho has a new number"
    story.says(text, back(story, 700), type=Type.SYSTEM, sender=Sender.CONTACT, payload=notice, opens=False)
    story.says("Moro longe, prefiro enviar", back(story, 420), payload={"forwarded": True})
    story.assign(ana, story.book.team["sam"], back(story, 415), "Ana knows her from the shop.")
    story.answers(ana, "Claro! Envio a etiqueta. " + "Obrigada pela paciência. " * 60, back(story, 410))
    why = "The customer wrote."
    story.happens(ChatEvent.Kind.SNOOZED, ana, back(story, 405), stamp=back(story, -600).isoformat())
    story.happens(ChatEvent.Kind.WOKEN, None, back(story, 35), why=why)
    story.says("Recebi a etiqueta, obrigada!", back(story, 35))


def on_its_way(story: Story) -> None:
    bo = story.book.team["bo"]
    story.says("寝袋の保証書はありますか?", back(story, 45))
    story.assign(bo, bo, back(story, 44))
    sending = {"status": Status.SENDING, "lease_until": story.book.now + LATER, "attempts": 1}
    story.answers(bo, "はい、メールでお送りします。", back(story, 1), **sending)
    held = {"status": Status.QUEUED, "not_before": story.book.now + LATER}
    story.answers(bo, "少々お待ちください。", back(story, 0.5), **held)


def long_talk(story: Story) -> None:
    """The climbing school, for a month."""
    bo, lena = story.book.team["bo"], story.book.team["lena"]
    lines, end = len(LONG), story.book.ago(minutes=16)
    story.assign(bo, bo, end - timedelta(days=29))
    story.label("Wholesale", bo, end - timedelta(days=28))
    for index in range(LONG_ONE):
        who, text = LONG[index % lines][0], LONG[index % lines][2:]
        # A round a day and a half; within one, a few minutes apart.
        before = LONG_ONE - 1 - index
        at = end - timedelta(hours=34) * (before // lines) - timedelta(minutes=7) * (before % lines)
        if who == "<":
            story.says(text, at)
        else:
            story.answers(lena if index // lines % 3 == 1 else bo, text, at, status=Status.READ)
    story.notes(lena, f"{story.book.mention('bo')} {story.book.mention('sam')} 15 % again for them.", back(story, 15))


def same_person_elsewhere(story: Story) -> None:
    """Rosa writes to the number for returns too."""
    mei = story.book.team["mei"]
    story.says("Hola, soy Rosa. La mochila que devolví, ¿ya llegó?", back(story, 4300))
    story.assign(mei, mei, back(story, 4295))
    story.answers(mei, "Hola Rosa, sí, llegó ayer. El reembolso sale hoy.", back(story, 4290))
    story.says("¡Gracias!", back(story, 4280))
    story.label("Refund", mei, back(story, 4275))
    story.close(mei, back(story, 4270), "Sorted out.")


def blocked(story: Story) -> None:
    sam = story.book.team["sam"]
    story.identity.contact.blocked = True
    story.says("GET 10K FOLLOWERS TODAY 🚀 https://followers.example/now", back(story, 7000))
    story.happens(ChatEvent.Kind.BLOCKED, sam, back(story, 6900))
    story.close(sam, back(story, 6899), "Spam.")
    story.says("LAST CHANCE 🚀🚀", back(story, 3000), quiet=True)
