from inbox.models.chats import Chat
from inbox.models.contacts import Contact, FacebookUser, FormerName, Identity, InstagramUser, WhatsAppContact
from inbox.models.drafts import Draft, ScheduledMessage, Upload
from inbox.models.history import ChatEvent
from inbox.models.imports import ContactImport, FailedRow
from inbox.models.labels import ChatLabel, Label
from inbox.models.merges import ContactMerge
from inbox.models.messages import Attachment, FacebookMessage, InstagramMessage, Message, WhatsAppMessage
from inbox.models.reading import ChatRead, Mention
from inbox.models.routing import AssignmentCursor, RoutingRule
from inbox.models.rules import InboxRules
from inbox.models.saved_views import SavedView

__all__ = [
    "AssignmentCursor",
    "Attachment",
    "Chat",
    "ChatEvent",
    "ChatLabel",
    "ChatRead",
    "Contact",
    "ContactImport",
    "ContactMerge",
    "Draft",
    "FacebookMessage",
    "FacebookUser",
    "FailedRow",
    "FormerName",
    "Identity",
    "InboxRules",
    "InstagramMessage",
    "InstagramUser",
    "Label",
    "Mention",
    "Message",
    "RoutingRule",
    "SavedView",
    "ScheduledMessage",
    "Upload",
    "WhatsAppContact",
    "WhatsAppMessage",
]
