"""What the load generator costs and how punctual it is, against Locust's FastHttpUser.

Both send GETs to the same local server: nginx if it is installed, else a few lines of asyncio.
Each round runs every row once; ratios are taken within the round. Processor time is that of the
generating process alone, so a busy server or machine changes it little.
"""

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apiforge.loadtest import runner
from apiforge.loadtest.workload import Workload

ROUNDS = 3
SECONDS = 4.0
RATES = (50.0, 500.0, 3000.0, 8000.0)
RIVAL = """
import sys, time
from locust import FastHttpUser, task
from locust.env import Environment
import gevent

class Visitor(FastHttpUser):
    host = sys.argv[1]

    @task
    def visit(self):
        self.client.get("/")

environment = Environment(user_classes=[Visitor])
runner = environment.create_local_runner()
runner.start(20, spawn_rate=100)
gevent.sleep(1)
before, used = environment.stats.total.num_requests, time.process_time()
gevent.sleep(float(sys.argv[2]))
done = environment.stats.total.num_requests - before
print(done / (time.process_time() - used))
runner.quit()
"""
FALLBACK = """
import asyncio, sys

BODY = b'{"name": "thirty-two bytes long"}'
ANSWER = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(BODY) + BODY

class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(ANSWER)

async def main():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()

asyncio.run(main())
"""
NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      default_type application/json;
      return 200 '{{"name": "thirty-two bytes long"}}';
    }}
  }}
}}
"""


@contextmanager
def serving() -> Iterator[tuple[str, str]]:
    """A fast server: what it is, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
        if nginx:
            configuration = Path(folder) / "nginx.conf"
            configuration.write_text(NGINX.format(folder=folder, port=port))
            command = [nginx, "-p", folder, "-c", str(configuration)]
        else:
            command = [sys.executable, "-c", FALLBACK, str(port)]
        server = subprocess.Popen(command)
        try:
            _wait_for(port)
            yield "nginx" if nginx else "asyncio", f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server to measure against did not start")


def rival(address: str) -> float:
    """Requests per second of processor time of Locust's fastest client."""
    output = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(RIVAL), address, str(SECONDS)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return float(output)


def ours(address: str, rate: float) -> dict[str, float]:
    """The same of our generator, and how late its requests left, in milliseconds."""
    workload = Workload(url=f"{address}/", rate=rate, duration=SECONDS, warmup=1.0)
    recording = runner.run(workload)
    whole = recording.whole()
    return {
        "per_cpu": whole.requests / (statistics.mean(recording.cpu[0]) * SECONDS),
        "cpu": statistics.mean(recording.cpu[0]),
        "sent": whole.requests / whole.due,
        "p50": (recording.lag.percentile(50) or 0.0) / 1000,
        "p99": (recording.lag.percentile(99) or 0.0) / 1000,
        "max": recording.lag.maximum / 1000,
    }


def main() -> int:
    """Print the table."""
    rows: dict[float, list[dict[str, float]]] = {rate: [] for rate in RATES}
    rivals = []
    with serving() as (server, address):
        for _ in range(ROUNDS):
            rivals.append(rival(address))
            for rate in RATES:
                rows[rate].append(ours(address, rate))
    print(f"load generator against {server}, medians of {ROUNDS} interleaved rounds")
    print(f"{'FastHttpUser, 20 users':24} {statistics.median(rivals):8.0f} requests per CPU-second")
    for rate, found in rows.items():
        median = {key: statistics.median(row[key] for row in found) for key in found[0]}
        ratios = [row["per_cpu"] / other for row, other in zip(found, rivals, strict=True)]
        print(
            f"{f'open model, {rate:.0f}/s':24} {median['per_cpu']:8.0f} requests per CPU-second,"
            f" {statistics.median(ratios):4.1f}x ({min(ratios):.1f} to {max(ratios):.1f});"
            f" {median['cpu']:4.0%} of a core, {median['sent']:.1%} sent, lag p50"
            f" {median['p50']:.2f} p99 {median['p99']:.2f} max {median['max']:.1f} ms"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
