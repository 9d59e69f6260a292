from inbox.models.chats import Chat
from inbox.models.contacts import Contact, FacebookUser, FormerName, Identity, InstagramUser, WhatsAppContact
from inbox.models.messages import Attachment, FacebookMessage, InstagramMessage, Message, WhatsAppMessage

__all__ = [
    "Attachment",
    "Chat",
    "Contact",
    "FacebookMessage",
    "FacebookUser",
    "FormerName",
    "Identity",
    "InstagramMessage",
    "InstagramUser",
    "Message",
    "WhatsAppContact",
    "WhatsAppMessage",
]
