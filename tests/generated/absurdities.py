"""Values, names and lines that no client should send."""

DEEP = 20_000
HUGE = 90_000
NUMBERS = (
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "-0", "-0.0", "1e-400", "01", "+1", ".5"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "2147483648", "0x10"),
    *("18446744073709551616", "9" * 400, "0." + "9" * 400, "1E+5", "5.0", "1_000"),
)
TEXTS = (
    *("", " ", "\0", "a\0b", "\u202e", "\ufeff", "🦊" * 50, "'; DROP TABLE things; --", "%s%n%x"),
    *("../../etc/passwd", "${jndi:x}", "{{7*7}}", "\r\nX-Evil: 1", "null", "true", "None", "\x7f"),
    *(
        "0000-00-00",
        "9999-12-31T23:59:60Z",
        "0001-01-01T00:00:00+23:59",
        "1e5",
        "-",
        "--1",
        "a" * 300,
    ),
    *(
        "2026-01-31",
        "2026-01-31T12:00:00Z",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "1.50",
        "-0.00",
    ),
)
ESCAPES = (r'"\ud800"', r'"\udc00\ud800"', r'"\u0000"', r'"\x00"', r'"\u00"', '"\t"', '"\x01"')
FIELDS = ("name", "size", "big", "price", "weight", "day", "at", "key", "data", "state", "active")
EXTRA_FIELDS = ("id", "version", "__proto__", "constructor", "", "a.b", "name ", "\ud83d\ude00")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "get", "")
ABSURD = (
    *(
        "*",
        '""',
        '"',
        'W/"1"',
        '"1", "2", "99999999999"',
        '"1"' * 400,
        ",,,,",
        "bytes=0-0,-1",
        "-1",
    ),
    *(
        "application/json;charset=utf-16",
        "text/html",
        "*/*;q=9",
        "multipart/form-data",
        "a/b" * 999,
    ),
    *(
        "gzip",
        "chunked, chunked",
        "identity",
        "Basic ====",
        "Bearer",
        "Bearer a.b.c",
        "Bearer \xff",
    ),
    *("100-continue", "Fri, 99 Foo 2026 99:99:99 GMT", "\x80\xff", "  ", "x" * 8000, "1, 1", "0x1"),
)
HEADERS = (
    *("Accept", "If-Match", "If-None-Match", "Range", "Content-Type", "Content-Encoding", "Host"),
    *("Authorization", "Idempotency-Key", "X-Request-ID", "Cookie", "Expect", "If-Modified-Since"),
    *("Accept-Encoding", "X-Forwarded-For", "Forwarded", "X-HTTP-Method-Override", "TE", "Trailer"),
)
