"""WhatsApp's numbers for errors and what they mean."""

from datetime import timedelta

from pages.graph.meaning_kinds import (
    DAY,
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

WRONG = final("WhatsApp did not understand this message, so it was not sent.")
TEMPLATE_VALUES = final("The template's values do not fit it: fill in every one, as the template wants it.")
TEMPLATE_TEXT = final("The template's text breaks one of WhatsApp's rules: correct the template.")
NUMBER_ELSEWHERE = settings_at_meta("The number belongs to another account or is being moved: sort it out at Meta.")
NOT_REGISTERED = settings_at_meta(
    "The number is not registered with WhatsApp's Cloud API: register it at Meta.", stops=True
)
PIN = settings_at_meta(
    "The number's PIN or verification is missing or wrong: check it in the WhatsApp Manager.", stops=True
)
PAYMENT = settings_at_meta("Meta has a problem with the payment method: settle it in the WhatsApp Manager.", stops=True)
CALLING = final("WhatsApp refused this call by phone.")
FLOW = settings_at_meta("WhatsApp refused a change to a Flow: look at it in the WhatsApp Manager.")
BLOCK_LIST = final("WhatsApp could not change the list of blocked people.")
GROUP = final("WhatsApp does not allow this in a group.")
USERNAME = settings_at_meta(
    "This business username cannot be had: it is taken, not allowed, or the account is not linked."
)

WHATSAPP: dict[int | tuple[int, int], Meaning] = {
    80007: slower("The WhatsApp account has made too many calls. It goes on by itself.", 5 * MINUTE),
    80008: slower("The WhatsApp account has made too many calls. It goes on by itself.", 5 * MINUTE),
    130429: slower("Messages were sent faster than this number may. It goes on by itself.", timedelta(seconds=5)),
    130472: final("WhatsApp keeps this customer out of marketing messages for a study: it was not delivered."),
    130497: final("WhatsApp does not let this business write to customers in this country."),
    131000: again("WhatsApp had an unknown problem."),
    131016: again("WhatsApp's service is overloaded."),
    131005: reconnect("The connection lacks a permission for this: reconnect the number and grant everything asked."),
    131008: WRONG,
    131009: WRONG,
    135000: WRONG,
    131021: final("A number cannot write to itself."),
    131051: final("WhatsApp does not take this kind of message."),
    131055: final("WhatsApp does not allow this here."),
    131026: person("It could not be delivered: the customer is not on WhatsApp, or has an old version of it."),
    131030: settings_at_meta("This is a test number: add the customer to its list of allowed recipients at Meta."),
    131037: settings_at_meta("The number's display name is not approved yet: finish that at Meta.", stops=True),
    131031: settings_at_meta(
        "Meta has locked the WhatsApp account: see its status in the WhatsApp Manager.", stops=True
    ),
    131042: PAYMENT,
    131044: PAYMENT,
    134011: settings_at_meta("Meta's terms for payments are not accepted yet: accept them at Meta."),
    131045: NOT_REGISTERED,
    133010: NOT_REGISTERED,
    131047: window("More than 24 hours since the customer last wrote: only a template can be sent."),
    131048: slower(
        "Customers reported messages of this number: WhatsApp holds it back. Review what is sent.", 4 * HOUR
    ),
    131049: person("WhatsApp holds this back: the customer had enough marketing. Wait a day or more.", DAY),
    131050: person("The customer has stopped marketing messages from this business."),
    131052: again("WhatsApp could not fetch a file. It is tried again; if that fails, send it anew."),
    131053: again("WhatsApp could not take the file: it is tried again; else check its kind and size."),
    131056: Meaning(
        Kind.SLOW_DOWN,
        "Too many messages to this one customer in a short time. It goes on by itself.",
        timedelta(seconds=4),
        "recipient",
    ),
    131057: Meaning(Kind.RETRY, "The number is being upgraded at WhatsApp. It goes on by itself.", MINUTE, "channel"),
    2494100: Meaning(Kind.RETRY, "The number is being upgraded at WhatsApp. It goes on by itself.", MINUTE, "channel"),
    131060: final("WhatsApp cannot show this message at the moment: the customer's phone has it."),
    131062: person("This kind of message needs the customer's phone number, which is not known."),
    131063: settings_at_meta("Marketing templates are switched off for this number: it must use Meta's marketing API."),
    131064: settings_at_meta("Templates were put in the wrong category: WhatsApp limits this account. Correct them."),
    132000: TEMPLATE_VALUES,
    132008: TEMPLATE_VALUES,
    132012: TEMPLATE_VALUES,
    132001: settings_at_meta("There is no approved template of this name in this language."),
    132005: final("With its values filled in, the template's text is too long: shorten them."),
    132007: final("The template breaks WhatsApp's rules."),
    132015: settings_at_meta("WhatsApp has paused this template, because customers did not like it. Use another."),
    132016: settings_at_meta("WhatsApp has switched this template off for good. Use another."),
    132068: settings_at_meta("The template's Flow is blocked: correct it in the WhatsApp Manager."),
    132069: slower("The template's Flow was sent too often: ten an hour are the most.", HOUR),
    133000: again("The number is still being taken off WhatsApp. Try again shortly.", MINUTE),
    133004: again("WhatsApp's service is not available at the moment."),
    133005: PIN,
    133006: PIN,
    133008: slower("The PIN was wrong too often: wait before the next try.", HOUR),
    133009: slower("The PIN was entered too fast: wait before the next try.", 5 * MINUTE),
    133015: again("The number was deleted a moment ago: it takes five minutes until it can be used.", 5 * MINUTE),
    133016: slower("The number was registered too often: ten times in three days are the most.", 72 * HOUR),
    134100: settings_at_meta("Meta's marketing API takes marketing templates alone."),
    134101: again("The template is not ready at Meta yet.", 10 * MINUTE),
    134102: settings_at_meta("The template cannot be used with Meta's marketing API."),
    137000: person("The customer's identity has changed: make sure who it is before you write again."),
    **dict.fromkeys(range(138000, 138019), CALLING),
    **dict.fromkeys(range(139000, 139005), FLOW),
    **dict.fromkeys(range(139100, 139104), BLOCK_LIST),
    **dict.fromkeys((131020, 131041, 131059, *range(131201, 131216)), GROUP),
    **dict.fromkeys(range(147001, 147005), USERNAME),
    **dict.fromkeys((2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299), TEMPLATE_TEXT),
    **dict.fromkeys((2388001, 2388012, 2388091, 2388093, 2388103), NUMBER_ELSEWHERE),
}
