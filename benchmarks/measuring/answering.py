"""A fast server to send requests to: nginx, which counts what it answered."""

import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from apiforge.servers.ports import free_port

CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 8192; }}
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
    location = /answered {{ stub_status; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """The running server: its process and its address, without a slash at the end."""

    pid: int
    url: str

    def answered(self) -> int:
        """How many requests it has answered so far, this one among them."""
        with urllib.request.urlopen(f"{self.url}/answered") as answer:
            return int(answer.read().split()[9])


@contextmanager
def answering() -> Iterator[Answerer]:
    """nginx answering 32 bytes of JSON, while the context lasts."""
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        raise SystemExit("this benchmark needs nginx (Debian: apt-get install nginx)")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "nginx.conf"
        file.write_text(CONFIGURATION.format(folder=folder, port=port))
        server = subprocess.Popen([nginx, "-p", folder, "-c", str(file)])
        try:
            _wait_for(port)
            yield Answerer(pid=server.pid, url=f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()


def used_cpu(pid: int) -> float:
    """Seconds of processor time that a process and those below it have used."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return sum(sum(member.cpu_times()[:2]) for member in family)


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server to measure against did not start")
