from inbox.admin import chats, contacts, messages

__all__ = ["chats", "contacts", "messages"]
