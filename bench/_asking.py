"""One who asks a server for one page after another, over one connection, and takes it compressed as browsers do."""

import gzip
import http.client
import time
from dataclasses import dataclass, field

from bench._counting import ASKED, SAID


@dataclass
class Asker:
    port: int
    host: str
    cookie: str
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", self.port)
        self.headers |= {"Host": self.host, "Cookie": self.cookie, "Accept-Encoding": "gzip"}

    def ms(self, *paths: str, **more: str) -> float:
        """Until the last byte of each is here, one after another."""
        started = time.perf_counter()
        for path in paths:
            self.ask(path, **more)
        return (time.perf_counter() - started) * 1000

    def statements(self, *paths: str, **more: str) -> int:
        return sum(int(self.ask(path, **{ASKED: "yes"}, **more)[0][SAID] or "0") for path in paths)

    def ask(self, path: str, **more: str) -> tuple[http.client.HTTPMessage, str]:
        self.line.request("GET", path, headers=self.headers | more)
        answer = self.line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {body[:300]!r}")
        is_small = answer.headers["Content-Encoding"] == "gzip"
        return answer.headers, (gzip.decompress(body) if is_small else body).decode()
