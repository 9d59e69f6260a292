"""Style sheets that go as one where they are served for good. The order does not matter, layers do; tokens first."""

# Every style that any page may need; a screen adds its own in {% block styles %}.
ALL = """
    tokens reset base layout
    components/avatar components/badge components/banner components/button components/card components/choice
    components/code components/commands components/dialog components/field components/label components/live
    components/menu components/nav components/pick components/presence components/shell components/table
    components/tabs
    utilities
"""
INBOX = "frame boxes list thread thread-message thread-parts composer panel"
SHEETS = {
    "all": [f"css/{name}.css" for name in ALL.split()],
    "inbox": [f"css/screens/inbox/{name}.css" for name in INBOX.split()],
}


def joined(name: str) -> str:
    return f"css/joined/{name}.css"
