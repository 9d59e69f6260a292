"""Meta's numbers for errors and what they mean: of Graph itself, of Messenger and of Instagram.

By (code, subcode), by subcode alone where it has no other meaning anywhere, or by code.
"""

from datetime import timedelta

from pages.graph.meaning_kinds import (
    HOUR,
    MINUTE,
    Kind,
    Meaning,
    again,
    final,
    person,
    reconnect,
    settings_at_meta,
    slower,
    window,
)
from pages.graph.meanings_whatsapp import WHATSAPP

Number = int | tuple[int, int]

PERMISSION = reconnect("The connection lacks a permission for this: reconnect the channel and grant everything asked.")
THROTTLED = slower("Meta asks for a pause: too many calls in a short time. It goes on by itself.", 5 * MINUTE)
TOO_FAST = slower(
    "Messages were sent faster than Meta allows. It goes on by itself in a moment.", timedelta(seconds=30)
)
TOKEN_DEAD = reconnect("Meta no longer accepts this channel's access: reconnect the channel.")
UNAVAILABLE = person("This customer cannot receive messages right now.")
NOT_VISIBLE = settings_at_meta("Meta does not show this account or item to us: check that it exists and reconnect.")
WRONG_PARAMETER = final("Meta did not understand this request, so it was not carried out.")
UNEXPLAINED = final("Meta refused this and does not document why.")
NOT_LINKED = settings_at_meta(
    "The Instagram account and its Facebook page are not linked: link them at Meta.", stops=True
)
OTHER_APP = settings_at_meta("Another app holds this conversation: take it over there, or ask it to hand over.")
CATALOGUE = settings_at_meta("There is a problem with the product catalogue or template: correct it at Meta.")
NO_SUCH_PERSON = person("Meta knows no such customer on this channel.")
FETCH_FAILED = again("Meta could not fetch the file. It is tried again; if that fails, attach it anew.")

GRAPH: dict[Number, Meaning] = {
    0: TOKEN_DEAD,
    102: TOKEN_DEAD,
    190: TOKEN_DEAD,
    (190, 458): reconnect("The app was removed from the account that connected this channel: reconnect it."),
    (190, 459): reconnect("Facebook wants the person who connected this channel to log in there once: then reconnect."),
    (190, 460): reconnect("The person who connected this channel changed their password: reconnect the channel."),
    (190, 463): reconnect("The channel's access has expired: reconnect the channel."),
    (190, 464): reconnect("The person who connected this channel must confirm their Facebook account: then reconnect."),
    (190, 467): reconnect("The channel's access is no longer valid: reconnect the channel."),
    (190, 492): reconnect("Who connected this channel has lost the role on the page: somebody with it must reconnect."),
    1: again("Meta had an unknown problem."),
    2: again("Meta's service is not available at the moment, or the customer blocked the page."),
    3: settings_at_meta("The Meta app may not do this: it needs the capability at Meta first.", stops=True),
    10: PERMISSION,
    **dict.fromkeys(range(200, 300), PERMISSION),
    4: THROTTLED,
    17: THROTTLED,
    32: THROTTLED,
    341: THROTTLED,
    613: TOO_FAST,
    **dict.fromkeys(range(80000, 80015), THROTTLED),
    33: NOT_VISIBLE,
    (100, 33): NOT_VISIBLE,
    100: WRONG_PARAMETER,
    230: person("The customer's privacy settings do not allow this."),
    803: final("Meta knows no account of that name."),
    368: settings_at_meta(
        "Meta has blocked this for breaking its policies: see the account's quality page.", stops=True
    ),
    506: final("The same was posted just before: Meta takes no identical post twice in a row."),
    1609005: final("Meta could not read the page behind the link."),
    551: UNAVAILABLE,
    1200: again("Meta could not send this just now."),
    1752041: Meaning(Kind.TAKEN_BEFORE, "Meta had this very request before: it is done."),
}

MESSENGER_AND_INSTAGRAM: dict[Number, Meaning] = {
    (1, 99): again("Meta had an unknown problem; if it stays, the channel lacks access: reconnect it."),
    1357046: Meaning(Kind.AMBIGUOUS, "Meta's answer was broken: it may have been sent. Look before you send it again."),
    2018344: settings_at_meta("An administrator of the page must accept Meta's terms for labels first."),
    2018354: slower("Too many messages were addressed by phone number. It goes on by itself.", 5 * MINUTE),
    1893063: slower("Meta refuses messages of this account for a while. It is tried again by itself.", HOUR / 2),
    2534122: slower("Meta refuses messages of this account for a while. It is tried again by itself.", HOUR / 2),
    2018278: window("More than 24 hours since the customer last wrote: only an agent's answer within 7 days may go."),
    2534022: window("More than 24 hours since the customer last wrote: only an agent's answer within 7 days may go."),
    2018065: window("The time to answer this customer is over: wait until they write again."),
    2018108: UNAVAILABLE,
    2534077: NOT_LINKED,
    2534013: NOT_LINKED,
    36103: settings_at_meta(
        "This Instagram account may not be used so: it must be a professional account.", stops=True
    ),
    2018001: NO_SUCH_PERSON,
    2534014: NO_SUCH_PERSON,
    2018008: FETCH_FAILED,
    2018294: FETCH_FAILED,
    2018014: final("A message and a typing sign cannot go in one request."),
    2018047: final("The file is not of the kind it was sent as: send it as a file."),
    2018109: final("The file is too big for this platform: send a smaller one."),
    2018074: final("Meta no longer has the uploaded file: attach it anew."),
    2018164: settings_at_meta("The app that should take the conversation over is unknown to Meta."),
    2018320: CATALOGUE,
    2018328: CATALOGUE,
    2534015: final("Instagram does not take this message: shorten it, 1,000 bytes are the most."),
    2534025: window(
        "This comment can no longer be answered privately: it is too old, deleted, or has its answer already."
    ),
    2534029: person("The customer and this account have blocked one another."),
    2018300: OTHER_APP,
    2534037: OTHER_APP,
    2534068: final("Several pictures in one message are not enabled: send them one by one."),
    1545041: UNAVAILABLE,
    2534041: settings_at_meta(
        "In the Instagram app, allow access to messages in the settings for connected tools.", stops=True
    ),
    1893016: TOO_FAST,
    2018338: TOO_FAST,
    2534040: TOO_FAST,
    2018218: person("Meta shows no profile of this customer."),
    2018247: reconnect("The connection lacks the permission to read profiles: reconnect and grant it."),
    9000001: final("The message was deleted."),
    **dict.fromkeys(range(2018389, 2018397), final("Meta refused this call by phone.")),
    (9, 2018352): UNEXPLAINED,
    (10, 1404170): UNEXPLAINED,
    (10, 1893015): UNEXPLAINED,
    (10, 2018336): UNEXPLAINED,
    (200, 2018021): UNEXPLAINED,
    (200, 2018027): UNEXPLAINED,
    (200, 2018028): UNEXPLAINED,
    **dict.fromkeys((2022, 10303, 2018144, 2018171, 2018234, 2018321), UNEXPLAINED),
}

MEANINGS: dict[Number, Meaning] = {**GRAPH, **MESSENGER_AND_INSTAGRAM, **WHATSAPP}
