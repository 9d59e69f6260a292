"""Who there is: businesses, accounts, apps and the people who write to them. Ids and tokens never change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

FACEBOOK, INSTAGRAM, WHATSAPP = "FACEBOOK", "INSTAGRAM", "WHATSAPP"

APP_ID = "505000000000001"
APP_SECRET = "5a9db0c5a7d14c0fa3f1c2e4b6d8f001"  # noqa: S105
VERIFY_TOKEN = "switchboard-sandbox-verify"  # noqa: S105
INSTAGRAM_APP_ID = "606000000000001"
INSTAGRAM_APP_SECRET = "6b9db0c5a7d14c0fa3f1c2e4b6d8f002"  # noqa: S105

OPERATOR_ID = "100000000000001"
ACME_BUSINESS, GLOBEX_BUSINESS = "200000000000001", "200000000000002"

ACME_PAGE, ACME_OUTLET_PAGE, GLOBEX_PAGE = "104200000000001", "104200000000002", "104200000000003"
ACME_INSTAGRAM, ACME_STUDIO_INSTAGRAM = "17841400000000001", "17841400000000002"
ACME_WABA, GLOBEX_WABA = "310000000000001", "310000000000002"
ACME_NUMBER, ACME_RETURNS_NUMBER, GLOBEX_NUMBER = "420000000000001", "420000000000002", "420000000000003"

USER_TOKEN = "EAASandboxOperatorUserToken"  # noqa: S105
ACME_PAGE_TOKEN = "EAASandboxAcmePageToken"  # noqa: S105
ACME_OUTLET_PAGE_TOKEN = "EAASandboxAcmeOutletPageToken"  # noqa: S105
GLOBEX_PAGE_TOKEN = "EAASandboxGlobexPageToken"  # noqa: S105
ACME_STUDIO_INSTAGRAM_TOKEN = "IGAASandboxAcmeStudioToken"  # noqa: S105
ACME_WHATSAPP_TOKEN = "EAASandboxAcmeSystemUserToken"  # noqa: S105
GLOBEX_WHATSAPP_TOKEN = "EAASandboxGlobexSystemUserToken"  # noqa: S105

PAGE_SCOPES = (
    "pages_show_list pages_manage_metadata pages_read_engagement pages_messaging pages_manage_posts"
    " pages_manage_engagement pages_read_user_content business_management instagram_basic instagram_manage_messages"
    " instagram_manage_comments"
).split()
INSTAGRAM_SCOPES = (
    "instagram_business_basic instagram_business_manage_messages instagram_business_manage_comments"
).split()
WHATSAPP_SCOPES = "whatsapp_business_messaging whatsapp_business_management business_management".split()


@dataclass
class App:
    id: str
    secret: str
    verify_token: str
    webhook_url: str = ""
    instagram_id: str = ""
    instagram_secret: str = ""
    name: str = "Switchboard"
    requires_proof: bool = True


@dataclass
class Account:
    platform: str
    # Page id, Instagram professional account id, or phone number id.
    id: str
    name: str
    business: str
    token: str
    username: str = ""
    # Instagram: the page it is linked to; empty where one logs in with Instagram.
    page_id: str = ""
    # WhatsApp.
    waba_id: str = ""
    display_phone_number: str = ""
    portfolio_id: str = ""
    quality: str = "GREEN"
    throughput: int = 80
    # App id -> subscribed fields; a number's are its WABA's.
    subscriptions: dict[str, list[str]] = field(default_factory=dict)
    # Somebody asked for its webhooks; until then everything is told, and nobody may want it.
    is_connected: bool = False

    @property
    def app_scoped_id(self) -> str:
        """What Instagram's /me calls `id`: not the one that webhooks use."""
        return f"25{self.id[2:]}"

    @property
    def webhook_id(self) -> str:
        return self.waba_id or self.id

    @property
    def scope(self) -> str:
        return self.portfolio_id or self.id


@dataclass
class Customer:
    key: str
    name: str
    username: str = ""
    phone: str = ""
    country: str = "CO"
    # WhatsApp: has a username, so that the business sees no number.
    hides_phone: bool = False
    locale: str = "en_US"
    # Grows with each change of the phone number.
    generation: int = 0

    def id_on(self, account: Account) -> str:
        """PSID, IGSID, or WhatsApp's business-scoped user id: another one for each account or portfolio."""
        turn = f"#{self.generation}" if self.generation and account.platform == WHATSAPP else ""
        number = int(hashlib.sha256(f"{self.key}@{account.scope}{turn}".encode()).hexdigest()[:12], 16) % 10**13
        if account.platform == WHATSAPP:
            return f"{self.country}.{10**15 + number}"
        return f"{'7001' if account.platform == FACEBOOK else '1254'}{number:013d}"


def apps(webhook_url: str) -> list[App]:
    return [App(APP_ID, APP_SECRET, VERIFY_TOKEN, webhook_url, INSTAGRAM_APP_ID, INSTAGRAM_APP_SECRET)]


def accounts() -> list[Account]:
    acme, globex = ACME_BUSINESS, GLOBEX_BUSINESS
    return [
        Account(FACEBOOK, ACME_PAGE, "Acme Outfitters", acme, ACME_PAGE_TOKEN, "acme.outfitters"),
        Account(FACEBOOK, ACME_OUTLET_PAGE, "Acme Outlet", acme, ACME_OUTLET_PAGE_TOKEN, "acme.outlet"),
        Account(FACEBOOK, GLOBEX_PAGE, "Globex Travel", globex, GLOBEX_PAGE_TOKEN, "globex.travel"),
        Account(
            INSTAGRAM, ACME_INSTAGRAM, "Acme Outfitters", acme, ACME_PAGE_TOKEN, "acme.outfitters", page_id=ACME_PAGE
        ),
        Account(INSTAGRAM, ACME_STUDIO_INSTAGRAM, "Acme Studio", acme, ACME_STUDIO_INSTAGRAM_TOKEN, "acme.studio"),
        number(ACME_NUMBER, "Acme Outfitters", acme, ACME_WABA, ACME_WHATSAPP_TOKEN, "15550100001"),
        number(ACME_RETURNS_NUMBER, "Acme Returns", acme, ACME_WABA, ACME_WHATSAPP_TOKEN, "15550100002"),
        number(GLOBEX_NUMBER, "Globex Travel", globex, GLOBEX_WABA, GLOBEX_WHATSAPP_TOKEN, "15550100003"),
    ]


def number(identity: str, name: str, business: str, waba: str, token: str, phone: str) -> Account:
    return Account(
        WHATSAPP, identity, name, business, token, waba_id=waba, display_phone_number=phone, portfolio_id=business
    )


def customers() -> list[Customer]:
    return [
        Customer("rosa", "Rosa Torres", "rosa.torres", "573000000001", locale="es_CO"),
        Customer("liam", "Liam Walsh", "liamwalsh", "353850000002", "IE"),
        Customer("mei", "梅 林", "mei.lin", "886900000003", "TW", locale="zh_TW"),
        Customer("yusuf", "يوسف الحداد", "yusuf.h", "962790000004", "JO", locale="ar_AR"),
        Customer("zoe", "Zoë 🌸 Brandt", "zoe.b", "491510000005", "DE", locale="de_DE"),
        Customer(
            "hubert",
            "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff von und zu Altenburg-Hohenlohe the Younger",
            "hubert.blaine",
            "14155550006",
            "US",
        ),
        Customer("amara", "Amara Okonkwo", "amara.ok", "2348000000007", "NG"),
        Customer("ines", "Inês Carvalho", "ines.carvalho", "351910000008", "PT", hides_phone=True),
        Customer("kenji", "Kenji Sato", "kenji.s", "819000000009", "JP", locale="ja_JP"),
        Customer("priya", "Priya Raman", "priya.r", "919800000010", "IN"),
    ]
