"""A service that is described, and not ours, is exercised: ids are followed, its rows are safe."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.loadtest.servers.shop import KEY, open_shop

DESCRIPTION = Path(__file__).parents[1] / "unit" / "openapi" / "shop.yaml"


def loadtest(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "apiforge", "loadtest", *arguments],
        cwd=folder,
        env={**os.environ, "API_KEY": KEY},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_described_service_is_exercised_and_what_cannot_be_is_named(tmp_path: Path) -> None:
    with open_shop() as shop:
        made = loadtest(tmp_path, "--openapi", str(DESCRIPTION), "--scenario-out", "made.toml")
        ended = loadtest(
            tmp_path,
            *("--url", shop.url, "--openapi", str(DESCRIPTION), "--json", "result.json"),
            *("--duration", "4s", "--warmup", "0s", "--rate", "50", "--target", "p50<60s"),
        )

    assert made.returncode == 0, made.stderr
    assert (tmp_path / "made.toml").read_text().startswith("# What a load test asks")
    document = json.loads((tmp_path / "result.json").read_text())
    assert ended.returncode == 0, (ended.stderr, document["errors"])
    assert document["summary"]["failures"] == 0
    # Whatever there was before is as it was.
    assert {1, 2, 3} <= set(shop.customers)
    assert not {1, 2, 3} & shop.changed
    assert {
        *("GET /vN/search", "POST /vN/feedback", "GET /vN/customers", "POST /vN/customers"),
        *("GET /vN/customers/N", "PUT /vN/customers/N", "DELETE /vN/customers/N"),
        *("POST /vN/customers/N/orders", "GET /vN/customers/N/orders/N"),
    } <= shop.asked
    left_out = [text for text in document["generator"]["warnings"] if "left out" in text]
    assert [text.split(": ")[1] for text in left_out] == [
        "GET /stock/{warehouse}",
        "POST /photos",
        "GET /reports/{year}",
    ]
    assert all(text in ended.stderr for text in left_out)
    assert KEY not in json.dumps(document) + ended.stdout + ended.stderr
