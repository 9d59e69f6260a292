"""How wide this browser wants the panes: it says so in cookies, so that the first page comes out right."""

from dataclasses import dataclass

from django.http import HttpRequest

# In rem; static/css/screens/inbox/frame.css has a rule for each.
NARROWEST, USUAL, WIDEST = 17, 22, 34


@dataclass(frozen=True, slots=True)
class Frame:
    list_width: int = USUAL
    boxes_closed: bool = False
    narrowest: int = NARROWEST
    widest: int = WIDEST


def frame_of(request: HttpRequest) -> Frame:
    said = request.COOKIES.get("inbox_list", "")
    width = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else USUAL
    return Frame(min(max(width, NARROWEST), WIDEST), request.COOKIES.get("inbox_boxes") == "closed")
