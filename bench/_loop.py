"""The bare loop: the same posts over one pooled session, and nothing written down; prints posts per second."""

import sys
import threading
import time

import requests


def posts_per_second(url: str, seconds: float, threads: int) -> float:
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=threads))
    done = [0] * threads
    started = time.perf_counter()

    def post(number: int) -> None:
        while time.perf_counter() < started + seconds:
            body = {"recipient": {"id": str(number)}, "messaging_type": "RESPONSE", "message": {"text": "It is."}}
            session.post(url, json=body, headers={"Authorization": "Bearer token"}, timeout=20).raise_for_status()
            done[number] += 1

    posting = [threading.Thread(target=post, args=[number]) for number in range(threads)]
    for one in posting:
        one.start()
    for one in posting:
        one.join()
    return sum(done) / (time.perf_counter() - started)


if __name__ == "__main__":
    print(posts_per_second(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
