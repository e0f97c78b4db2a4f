"""Config, catalog and state as files: what is not JSON says so with its line, and shows nothing of the content."""

import codecs

import pytest

from source_movidesk.files import NotJsonError, read_json

GOOD = '{\n  "token": "ação"\n}\n'
NO_COMMA = '{\n  "token": "s3cret"\n  "page_size": 5\n}\n'


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "config.json"

    def write(content):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_utf_8_is_read_with_and_without_a_mark(file, mark, end):
    assert read_json(file(mark + GOOD.replace("\n", end).encode())) == {"token": "ação"}


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_the_encoding_of_the_machine_does_not_matter(file, locale, monkeypatch):
    monkeypatch.setattr("locale.getpreferredencoding", lambda *_: "ascii")
    monkeypatch.setenv("LC_ALL", locale)
    assert read_json(file(GOOD)) == {"token": "ação"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (NO_COMMA, 3),
        (codecs.BOM_UTF8 + NO_COMMA.encode(), 3),
        (NO_COMMA.encode("utf-16"), 3),
        (NO_COMMA.encode("utf-16-le"), 3),
        (NO_COMMA.encode("utf-16-be"), 3),
        (GOOD.encode("utf-16"), 1),
        (GOOD.encode("utf-16-le"), 1),
        (GOOD.encode("utf-32"), 1),
        (GOOD.encode("latin-1"), 2),
        (codecs.BOM_UTF8 + codecs.BOM_UTF8 + GOOD.encode(), 1),
        (b"", 1),
        (b"\n\n", 3),
        (codecs.BOM_UTF16_LE, 1),
        (b"\xff\xfe\x00", 1),
        (b"\x00", 1),
        ("[" * 100_000, 1),
        ('{"token": "s3cret"', 1),
        ("token: s3cret\n", 1),
        ('{"token": "s3cret"}\n{}', 2),
    ],
)
def test_what_is_not_json_says_so_with_its_line(file, content, line):
    with pytest.raises(NotJsonError, match=rf"^it is not valid JSON \(line {line}\): ") as caught:
        read_json(file(content))
    assert "s3cret" not in str(caught.value)
    assert "ação" not in str(caught.value)
