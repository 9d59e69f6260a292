from pages.admin import channels, graph_calls, webhook_events

__all__ = ["channels", "graph_calls", "webhook_events"]
