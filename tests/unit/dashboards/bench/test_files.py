"""The pieces of a borough that the benchmark sends: nothing lost, nothing twice, whole lines."""

from datetime import date

from dashboards.management.bench import files

HEAD = b"upn,urn,date,session,code\n"
LINES = [
    *(b"A1,900001,2026-02-%02d,AM,/\n" % day for day in range(2, 10)),
    *(b"A2,900002,2026-02-%02d,AM,/\n" % day for day in range(2, 7)),
]


def _bundle(folder):
    (folder / "marks.csv").write_bytes(HEAD + b"".join(LINES))
    return folder


def _rows(folder):
    head, *lines = (folder / "marks.csv").read_bytes().splitlines(keepends=True)
    assert head == HEAD
    return lines


def test_parts_put_together_are_the_whole_file(tmp_path):
    parts = files.parts(_bundle(tmp_path), tmp_path / "parts", 3)
    assert [line for part in parts for line in _rows(part)] == LINES


def test_first_marks_when_there_are_enough_are_exactly_so_many(tmp_path):
    assert _rows(files.first_marks(_bundle(tmp_path), tmp_path / "few", 4)) == LINES[:4]


def test_first_marks_when_there_are_too_few_is_none(tmp_path):
    assert files.first_marks(_bundle(tmp_path), tmp_path / "few", len(LINES) + 1) is None


def test_last_weeks_start_the_day_after_the_same_weekday(tmp_path):
    kept = files.last_weeks(_bundle(tmp_path), tmp_path / "weeks", until=date(2026, 2, 10), weeks=1)
    dates = {line.split(b",")[2] for line in _rows(kept)}
    assert min(dates) == b"2026-02-04"


def test_requests_hold_one_school_each_and_no_remainder(tmp_path):
    made = list(files.requests(_bundle(tmp_path), size=3, count=10))
    assert [urn for urn, _ in made] == [900001, 900001, 900002]
    assert made[0][1] == HEAD + b"".join(LINES[:3])
    assert made[2][1] == HEAD + b"".join(LINES[8:11])


def test_requests_stop_at_the_count(tmp_path):
    assert len(list(files.requests(_bundle(tmp_path), size=1, count=2))) == 2


def test_count_lines_leaves_the_header_out(tmp_path):
    assert files.count_lines(_bundle(tmp_path) / "marks.csv") == len(LINES)
