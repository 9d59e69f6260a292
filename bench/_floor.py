"""One bare connection that commits deliveries one by one, in a process of its own; prints rows per second."""

import os
import sys
import time

import psycopg

from bench._deliveries import bodies

INSERT = "INSERT INTO public.deliveries (body, workspace_id) VALUES (%s, %s)"


def committed_per_second(seconds: float) -> float:
    rows = bodies("WHATSAPP", ["100"], 6000, run="floor")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        cursor = connection.cursor()
        cursor.execute(INSERT, (rows[0], None), prepare=True)
        number, started = 0, time.perf_counter()
        while (now := time.perf_counter()) < started + seconds:
            cursor.execute(INSERT, (rows[number % len(rows)], None), prepare=True)
            number += 1
    return number / (now - started)


if __name__ == "__main__":
    print(committed_per_second(float(sys.argv[1])))
