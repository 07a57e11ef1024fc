"""The served folder: whole files only, one writer, and nothing left of what was withdrawn."""

import threading
from pathlib import Path

import pytest

from appeal.publishers.site import Site
from appeal.wire import folder
from tests.publishers.appeals import closing, content, settings


def kept(root: Path, appeal: str, live: list[str], gone: list[str]) -> None:
    """Store a record of a made-up family."""
    folder.keep(
        root,
        "site",
        {"language": "en", "appeal": appeal, "live": live, "gone": gone, "gone_pages": dict.fromkeys(gone, "closed")},
    )


def test_write_leaves_an_equal_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "page.html"
    assert folder.write(path, b"words") is True
    before = path.stat()
    assert folder.write(path, b"words") is False
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino
    assert [found.name for found in path.parent.iterdir()] == ["page.html"]


def test_files_can_be_read_by_a_web_server(tmp_path: Path) -> None:
    folder.write(tmp_path / "page.html", b"words")
    assert (tmp_path / "page.html").stat().st_mode & 0o044 == 0o044


@pytest.mark.parametrize("address", ["en/", "/../x", "/en/../x", "/.lock", "/en//x", "/en/x y", "/en/\x00"])
def test_place_refuses_what_is_no_plain_address(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        folder.place(tmp_path, address)


def test_settle_moves_what_is_gone_and_keeps_what_another_record_serves(tmp_path: Path) -> None:
    for address in ("/pictures/a.jpg", "/pictures/b.jpg", "/pictures/c.jpg"):
        folder.write(folder.place(tmp_path, address), b"picture")
    kept(tmp_path, "one", [], ["/pictures/a.jpg", "/pictures/b.jpg"])
    kept(tmp_path, "two", ["/pictures/b.jpg", "/pictures/c.jpg"], [])
    folder.settle(tmp_path)
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == ["b.jpg", "c.jpg"]
    assert (tmp_path / "gone.map").read_text() == "/pictures/a.jpg en\n"
    assert (tmp_path / "gone/pictures/a.jpg").read_text() == "closed"


def test_settle_takes_back_what_is_shown_again(tmp_path: Path) -> None:
    kept(tmp_path, "one", [], ["/pictures/a.jpg"])
    folder.settle(tmp_path)
    kept(tmp_path, "one", ["/pictures/a.jpg"], [])
    folder.settle(tmp_path)
    assert (tmp_path / "gone.map").read_text() == ""
    assert not (tmp_path / "gone/pictures/a.jpg").exists()


def test_settle_removes_half_a_file_that_a_crash_left(tmp_path: Path) -> None:
    left = folder.place(tmp_path, "/pictures/a.jpg").with_name(".a.jpg.new")
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half a pict")
    kept(tmp_path, "one", [], ["/pictures/a.jpg"])
    folder.settle(tmp_path)
    assert list(left.parent.iterdir()) == []


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    def publish(number: int) -> None:
        site = Site(settings(tmp_path))
        site.send(site.compose(content(appeal=f"a{number}", title=f"Appeal {number}")), "", "")
        if number % 2:
            site.retract(f"/en/appeals/a{number}/", site.compose(closing(appeal=f"a{number}")))

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = (tmp_path / "en/index.html").read_text()
    assert [number for number in range(8) if f"Appeal {number}<" in listed] == [0, 2, 4, 6]
    gone = folder.gone_map((tmp_path / "gone.map").read_text())
    assert sorted(gone) == [f"/en/appeals/a{number}/" for number in (1, 3, 5, 7)]
