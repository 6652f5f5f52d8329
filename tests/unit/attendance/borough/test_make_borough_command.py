"""The command: what it says, and how it fails. It needs no database."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from attendance.management.commands.make_borough import Command


def test_command_writes_six_files_and_says_how_many_rows(tmp_path: Path) -> None:
    out, progress = StringIO(), StringIO()
    call_command("make_borough", out=tmp_path, pupils=100, stdout=out, stderr=progress)
    assert len(list(tmp_path.glob("*.csv"))) == 6
    assert "7 schools, 100 pupils" in out.getvalue()
    assert "Registers of school 7 of 7" in progress.getvalue()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--pupils", "5"], "--pupils must be from"),
        (["--years", "0"], "--years must be"),
        (["--until", "2 March"], "--until: '2 March' is not a date"),
        (["--pupils", "many"], "--pupils: invalid int value"),
    ],
)
def test_command_refuses_in_a_sentence(tmp_path: Path, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("make_borough", "--out", str(tmp_path), *arguments)


def test_command_with_a_wrong_argument_ends_with_one_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = Command().create_parser("manage.py", "make_borough")
    parser.called_from_command_line = True
    with pytest.raises(SystemExit) as end:
        parser.parse_args(["--pupils", "100"])
    assert end.value.code == 1
    assert "required: --out. Ask for --help" in capsys.readouterr().err


def test_command_says_when_it_cannot_write(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("make_borough", out=blocked, pupils=100)
