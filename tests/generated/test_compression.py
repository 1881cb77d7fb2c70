"""A live service compresses its answers, and takes the tags of either form."""

from tests.generated.conftest import Boot, MakeProject, login

THING = "thing: name:string(200)! text:text?"
PATH = "/api/v1/things"
GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


def test_compressed_answers_keep_their_versions(make_project: MakeProject, boot: Boot) -> None:
    with boot(make_project("--resource", THING), rows=100) as live:
        login(live)
        client = live.client
        made = client.post(PATH, json={"name": "long", "text": "x" * 5000}, headers=PLAIN)
        path = made.headers["location"]

        plain, packed = client.get(path, headers=PLAIN), client.get(path, headers=GZIP)
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.json() == plain.json() == made.json()
        assert len(packed.content) > 5 * int(packed.headers["content-length"])
        assert (plain.headers["etag"], packed.headers["etag"]) == ('"1"', '"1-gzip"')
        assert "Accept-Encoding" in plain.headers["vary"]

        for answer in (plain, packed):
            known = {**GZIP, "If-None-Match": answer.headers["etag"]}
            assert client.get(path, headers=known).status_code == 304
        expected = {"If-Match": packed.headers["etag"]}
        assert client.patch(path, json={"name": "new"}, headers=expected).status_code == 200
        assert client.patch(path, json={"name": "newer"}, headers=expected).status_code == 412

        page, packed_page = client.get(PATH, headers=PLAIN), client.get(PATH, headers=GZIP)
        assert packed_page.headers["content-encoding"] == "gzip"
        assert packed_page.json() == page.json()
