"""How many requests a reward server answers, how fast, and that none is lost when workers are killed.

python benchmarks/serve.py [REQUESTS] [CONNECTIONS]

It starts ``hir-data serve`` on loopback and asks it from this process: single responses of about 1,000 tokens
as slime sends them, batches of 64 as OpenRLHF does, and single ones again while workers are killed.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

CONSTRAINTS = [
    {"kind": "punctuation:no_comma"},
    {"kind": "word_count", "min": 300},
    {"kind": "keywords:existence", "keywords": ["tide", "moon"]},
]
WORDS = "the tide comes in under a moon that nobody had seen before and goes out again".split()
LABEL = json.dumps(CONSTRAINTS)


def text(number: int, words: int = 750) -> str:
    """A response of about 1,000 tokens, unlike the others; every second one has a comma."""
    said = [WORDS[(number * 7 + place * 3) % len(WORDS)] for place in range(words)]
    return " ".join(said) + f" {number}{',' * (number % 2)}."


async def ask(reader, writer, path: str, body: bytes) -> object:
    """What the server answers to one request."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    status = int((await reader.readuntil(b"\r\n")).split()[1])
    headers = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(re.search(r"content-length: (\d+)", headers)[1])
    answer = json.loads(await reader.readexactly(length))
    assert status == 200, (status, answer)
    return answer


async def load(
    port: int, path: str, bodies: list[tuple[bytes, object]], connections: int
) -> dict[str, float]:
    """Send all requests over so many connections; every answer is compared with what it has to be."""
    queue = list(reversed(bodies))
    latencies: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
        while queue:
            body, expected = queue.pop()
            began = time.perf_counter()
            answer = await ask(reader, writer, path, body)
            latencies.append(time.perf_counter() - began)
            assert (answer["rewards"] if path == "/get_reward" else answer) == expected, (answer, expected)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    wall = time.perf_counter() - began
    assert len(latencies) == len(bodies)
    latencies.sort()
    return {
        "answered": len(latencies),
        "per_second": len(latencies) / wall,
        "p50_ms": 1000 * latencies[len(latencies) // 2],
        "p99_ms": 1000 * latencies[int(len(latencies) * 0.99)],
    }


def workers(pid: int) -> list[int]:
    """The worker processes of the server: the children of the process that they are forked from."""

    def children(parent: int) -> list[int]:
        tasks = Path(f"/proc/{parent}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text().split()]

    return [worker for child in children(pid) for worker in children(child)]


async def killing(pid: int, work) -> tuple[dict[str, float], int]:
    """The figures of a load, and how many workers were killed meanwhile."""
    task, killed = asyncio.create_task(work), 0
    while not task.done():
        await asyncio.wait([task], timeout=1)
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            if not task.done() and (there := workers(pid)):
                os.kill(there[0], signal.SIGKILL)
                killed += 1
    return await task, killed


def main() -> None:
    """Print the figures as a table."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 32
    singles = [
        (
            json.dumps({"prompt": "Write.", "response": text(number), "label": LABEL}).encode(),
            float(1 - number % 2),
        )
        for number in range(requests)
    ]
    batches = []
    for start in range(0, requests, 64):
        numbers = range(start, start + 64)
        body = {
            "query": [f"Write.{text(number)}" for number in numbers],
            "prompts": ["Write."] * 64,
            "labels": [LABEL] * 64,
        }
        batches.append((json.dumps(body).encode(), [float(1 - number % 2) for number in numbers]))
    command = [sys.executable, "-m", "hir_data", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(re.search(r":(\d+) ", server.stdout.readline())[1])
            rows = [("/rm, one response each", asyncio.run(load(port, "/rm", singles, connections)), 0)]
            rows.append(("/get_reward, 64 each", asyncio.run(load(port, "/get_reward", batches, 4)), 0))
            figures, killed = asyncio.run(killing(server.pid, load(port, "/rm", singles * 3, connections)))
            rows.append(("/rm, workers killed", figures, killed))
        finally:
            server.terminate()
            server.wait(60)
    print(f"{'load':<24}{'answered':>9}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}{'killed':>8}")
    for name, figures, killed in rows:
        print(
            f"{name:<24}{figures['answered']:>9}{figures['per_second']:>10.1f}"
            f"{figures['p50_ms']:>9.1f}{figures['p99_ms']:>9.1f}{killed:>8}"
        )


if __name__ == "__main__":
    main()
