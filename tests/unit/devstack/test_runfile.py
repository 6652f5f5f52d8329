import stat

from devstack.runfile import RUN_FILE, forget, read_pid, write_pid, write_run_file


def test_run_file_holds_one_variable_a_line(tmp_path):
    write_run_file(tmp_path, {"REDIS_URL": "unix:///x?db=1", "DATABASE_URL": "postgresql://a@/b"})

    text = (tmp_path / RUN_FILE).read_text()
    assert text == "DATABASE_URL=postgresql://a@/b\nREDIS_URL=unix:///x?db=1\n"


def test_run_file_is_readable_by_its_owner_only(tmp_path):
    write_run_file(tmp_path, {"DATABASE_URL": "postgresql://a:secret@h/b"})

    assert stat.S_IMODE((tmp_path / RUN_FILE).stat().st_mode) == 0o600


def test_read_pid_returns_what_was_written(tmp_path):
    write_pid(tmp_path, 4711, "http://127.0.0.1:8001/")

    assert read_pid(tmp_path) == (4711, "http://127.0.0.1:8001/")


def test_read_pid_without_file_is_none(tmp_path):
    assert read_pid(tmp_path) is None


def test_read_pid_half_a_file_is_none(tmp_path):
    (tmp_path / "demo.pid").write_text("47")

    assert read_pid(tmp_path) is None


def test_forget_twice_leaves_nothing(tmp_path):
    write_run_file(tmp_path, {})
    write_pid(tmp_path, 1, "x")

    forget(tmp_path)
    forget(tmp_path)

    assert list(tmp_path.iterdir()) == []
