"""Which addresses a workspace may take, and what to offer instead."""

import re
import unicodedata

from django.utils.text import slugify

from workspaces.models import Workspace
from workspaces.refusals import Refused

SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST, SHORTEST = 40, 3

RESERVED = frozenset(
    """about abuse access account accounts admin administrator analytics api app apps assets auth autoconfig beta
    billing blog broadcast broadcasthost careers cdn chat community config console contact dashboard demo dev developer
    developers docs download email example facebook feedback files forum ftp git graph help helpdesk home host hosting
    imap inbox info instagram internal invite isatap jobs legal local localdomain localhost login logout mail mailbox
    media messenger meta mobile monitor mta-sts news ns1 ns2 oauth official openid operator operators ops partner
    payment payments pop pop3 postmaster preview press pricing private prod production public register root sandbox
    secure security service services settings shop sign-in sign-up signin signup smtp sso staff stage staging static
    stats status store stream support switchboard system team template terms test testing tls trust update upload
    verify webhook webhooks webmail whatsapp wiki workspace workspaces wpad www""".split()
)

# What each sign can be mistaken for, so that acme and acrne, or paypal and paypa1, are not two businesses.
LOOK_ALIKES = [("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("-", "")]


def skeleton(slug: str) -> str:
    for seen, meant in LOOK_ALIKES:
        slug = slug.replace(seen, meant)
    return slug


RESERVED_SKELETONS = frozenset(skeleton(word) for word in RESERVED)


class SlugRefused(Refused):
    """An address that is not to be had, and one that is."""

    def __init__(self, reason: str, slug: str) -> None:
        self.suggestion = suggest_slug(slug)
        super().__init__(reason, field="slug", hint=f"“{self.suggestion}” is free." if self.suggestion else "")


def check_slug(slug: str) -> None:
    if reason := objection_to(slug):
        raise SlugRefused(reason, slug)


def objection_to(slug: str) -> str | None:
    return shape_objection_to(slug) or taken_objection_to(slug)


def shape_objection_to(slug: str) -> str | None:
    if slug.startswith("xn--"):
        return "An address cannot start with “xn--”: that spells letters of other alphabets in disguise."
    if not slug.isascii():
        return "An address has only the letters a to z, digits and hyphens."
    if len(slug) > LONGEST:
        return f"An address has at most {LONGEST} characters; this one has {len(slug)}."
    if len(slug) < SHORTEST:
        return f"An address has at least {SHORTEST} characters."
    if not SHAPE.fullmatch(slug):
        return "An address has lower-case letters, digits and single hyphens between them."
    if slug.isdigit():
        return "An address needs at least one letter."
    if slug in RESERVED:
        return "This address is reserved."
    if skeleton(slug) in RESERVED_SKELETONS:
        return "This address looks too much like a reserved one."
    return None


def taken_objection_to(slug: str) -> str | None:
    other = Workspace.objects.with_schema().filter(slug_skeleton=skeleton(slug)).values_list("slug", flat=True).first()
    if other == slug:
        return "This address is taken."
    return "This address looks too much like one that is taken." if other else None


def suggest_slug(wish: str) -> str | None:
    stem = slugify(unicodedata.normalize("NFKD", wish)).replace("_", "-").strip("-")
    stem = re.sub(r"-+", "-", stem.removeprefix("xn-").strip("-"))[: LONGEST - 5].strip("-") or "team"
    endings = ["", "-hq", "-team", "-desk", *(f"-{number}" for number in range(2, 10))]
    wanted = [f"{stem}{ending}" for ending in endings]
    shaped = [slug for slug in wanted if shape_objection_to(slug) is None]
    taken = set(
        Workspace.objects.with_schema()
        .filter(slug_skeleton__in=[skeleton(slug) for slug in shaped])
        .values_list("slug_skeleton", flat=True)
    )
    return next((slug for slug in shaped if skeleton(slug) not in taken), None)
