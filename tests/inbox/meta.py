"""A real HTTP peer that takes what we send, writes it down, and answers as it was told to."""

import itertools
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OUTSIDE_WINDOW = (400, {"error": {"code": 10, "error_subcode": 2018278, "message": "outside"}})
TOKEN_DEAD = (400, {"error": {"code": 190, "error_subcode": 463, "message": "expired"}})
BUSY = (500, {"error": {"code": 2, "message": "try later", "is_transient": True}})
TOO_FAST = (400, {"error": {"code": 613, "error_subcode": 1893016, "message": "too fast"}})
PAIR_RATE = (400, {"error": {"code": 131056, "message": "pair rate"}})
NO_SUCH_PERSON = (400, {"error": {"code": 100, "error_subcode": 2018001, "message": "no such person"}})
BAD_PARAMETER = (400, {"error": {"code": 100, "message": "bad parameter"}})
LOCKED = (403, {"error": {"code": 131031, "message": "locked"}})
HAD_IT = (400, {"error": {"code": 1752041, "message": "duplicate request"}})
# It takes the message and says nothing.
SILENCE = (0, {})


class Meta:
    def __init__(self):
        self.taken = []
        self.replies = []
        self.before_reply = lambda body: None
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.open = self.most_open = 0

    @property
    def texts(self):
        return [body.get("message", body).get("text") for body in self.taken]

    def answer(self, body):
        with self._lock:
            self.open += 1
            self.most_open = max(self.most_open, self.open)
            self.taken.append(body)
            reply = self.replies.pop(0) if self.replies else None
            number = next(self._numbers)
        try:
            self.before_reply(body)
        finally:
            with self._lock:
                self.open -= 1
        if reply:
            return reply
        if "messaging_product" in body:
            return 200, {"messages": [{"id": f"wamid.{number}"}], "id": f"media{number}"}
        return 200, {"message_id": f"m_sent{number}", "recipient_id": "1"}


@contextmanager
def played():
    meta = Meta()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body leave together: else the kernel waits 40 ms between them.
        wbufsize = -1

        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            is_json = self.headers["Content-Type"].startswith("application/json")
            body = json.loads(raw) if is_json else {"messaging_product": True, "raw": raw}
            status, answer = meta.answer(body)
            if not status:
                self.close_connection = True
                return
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        meta.url = f"http://127.0.0.1:{server.server_port}"
        yield meta
        server.shutdown()
