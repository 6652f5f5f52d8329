from devstack.stamps import digest, is_current, write_stamp


def test_digest_same_files_is_the_same(tmp_path):
    (tmp_path / "a").write_text("one")
    files = [tmp_path / "a"]

    assert digest(files, tmp_path) == digest(files, tmp_path)


def test_digest_changed_content_differs(tmp_path):
    (tmp_path / "a").write_text("one")
    before = digest([tmp_path / "a"], tmp_path)
    (tmp_path / "a").write_text("two")

    assert digest([tmp_path / "a"], tmp_path) != before


def test_digest_renamed_file_differs(tmp_path):
    (tmp_path / "a").write_text("one")
    (tmp_path / "b").write_text("one")

    assert digest([tmp_path / "a"], tmp_path) != digest([tmp_path / "b"], tmp_path)


def test_digest_content_moved_between_files_differs(tmp_path):
    names = [tmp_path / "a", tmp_path / "b"]
    names[0].write_text("one")
    names[1].write_text("two")
    before = digest(names, tmp_path)
    names[0].write_text("onetwo")
    names[1].write_text("")

    assert digest(names, tmp_path) != before


def test_digest_extra_word_differs(tmp_path):
    assert digest([], tmp_path, "3.11") != digest([], tmp_path, "3.12")


def test_is_current_no_stamp_is_false(tmp_path):
    assert not is_current(tmp_path / "stamp", "x")


def test_is_current_written_stamp_is_true_for_that_value_only(tmp_path):
    write_stamp(tmp_path / "folder" / "stamp", "x")

    assert is_current(tmp_path / "folder" / "stamp", "x")
    assert not is_current(tmp_path / "folder" / "stamp", "y")
