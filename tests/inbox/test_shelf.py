"""Files that came with answers: kept for their owner alone, under names that do no harm, within bounds."""

import pytest

from tests.inbox.desk import Office
from tests.inbox.messages import (
    with_files,
)  # fmt: skip


def test_files_of_an_answer_are_kept_for_their_owner_alone(office: Office) -> None:
    office.look(
        with_files("见附件", ("情况说明.pdf", b"%PDF"), ("../../../etc/passwd", b"root"), ("=cmd|'x'.xls", b"x"))
    )
    kept = office.answers[0].attachments
    assert [(one["name"], one["size"]) for one in kept] == [
        ("情况说明.pdf", 4), ("../../../etc/passwd", 4), ("=cmd|'x'.xls", 1)
    ]  # fmt: skip
    paths = [office.folder / "answers" / one["path"] for one in kept]
    assert [path.name for path in paths] == ["01-情况说明.pdf", "02-passwd", "03-cmd_x.xls"]
    assert [path.read_bytes() for path in paths] == [b"%PDF", b"root", b"x"]
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert paths[0].parent.stat().st_mode & 0o077 == 0
    assert all(len(one["sha256"]) == 64 for one in kept)


def test_a_file_for_which_there_is_no_room_is_named_with_the_reason_and_the_text_is_kept(office: Office) -> None:
    office.look(with_files("见附件", ("a.bin", b"0" * 200_000), ("b.bin", b"1" * 200_000)))
    first, second = office.answers[0].attachments
    assert (first["path"] is not None, second["path"], second["why"]) == (True, None, "附件存放空间已满，原件在邮箱里")


@pytest.mark.slow
def test_a_file_of_20_mib_is_kept(office: Office) -> None:
    office.most_kept = 50_000_000
    office.look(with_files("见附件", ("a.bin", b"0" * 20_000_000)), most_bytes=50_000_000)
    assert office.answers[0].attachments[0]["size"] == 20_000_000
