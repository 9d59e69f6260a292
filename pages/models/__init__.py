from pages.models.channels import Channel, ChannelStatusLog, FacebookPage, InstagramAccount, PhoneNumber
from pages.models.graph_calls import GraphCall
from pages.models.webhook_events import WebhookEvent

__all__ = [
    "Channel",
    "ChannelStatusLog",
    "FacebookPage",
    "GraphCall",
    "InstagramAccount",
    "PhoneNumber",
    "WebhookEvent",
]
