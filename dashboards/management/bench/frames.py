"""pandas on Parquet: the same answers from long marks, the reading included."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from attendance import codes
from attendance.rules.penalty_window import FRAMEWORK_STARTS_ON, WINDOW_SCHOOL_WEEKS
from schools.rules.calendar import academic_year, academic_year_start

SUMS = ["attended", "authorised", "unauthorised"]
KEYS = ["enrolment_id", "academic_year"]


def save(session: Any, folder: Path) -> None:
    """The marks and the small tables of a DuckDB file, as Parquet."""
    folder.mkdir(parents=True)
    marks = "SELECT enrolment_id, school_id, date::TIMESTAMP AS date, session, symbol FROM mark"
    session.execute(f"COPY ({marks}) TO '{folder / 'marks.parquet'}' (FORMAT parquet)")
    days = (
        "SELECT date::TIMESTAMP AS date, week_start::TIMESTAMP AS week_start, academic_year,"
        " half_term, piece FROM day"
    )
    session.execute(f"COPY ({days}) TO '{folder / 'days.parquet'}' (FORMAT parquet)")


def answer(folder: Path, *, as_of: date) -> tuple[float, dict[str, pd.DataFrame]]:
    """(seconds from the files to the answers, {'period', 'checks'})."""
    began = perf_counter()
    marks = pd.read_parquet(folder / "marks.parquet", engine="pyarrow")
    days = pd.read_parquet(folder / "days.parquet", engine="pyarrow").set_index("date")
    marks["symbol"] = marks["symbol"].astype("category")
    marks = marks[marks["date"] <= pd.Timestamp(as_of)]
    marks["day"] = days.index.get_indexer(pd.Index(marks["date"]))
    for column, symbols in _classes().items():
        marks[column] = _is_one_of(marks["symbol"], symbols)
    marks["week_start"] = days["week_start"].to_numpy()[marks["day"]]
    met = _is_one_of(marks["symbol"], set(codes.SYMBOLS_ALL) - set(codes.SYMBOLS_NOT_A_SESSION))
    school_days = marks.loc[met == 1, ["school_id", "date", "week_start"]].drop_duplicates()
    answers = {"period": _periods(marks, days), "checks": _checks(marks, school_days, as_of)}
    return perf_counter() - began, answers


def _classes() -> dict[str, set[str]]:
    return {
        "attended": set(codes.SYMBOLS_ATTENDED),
        "authorised": set(codes.SYMBOLS_AUTHORISED),
        "unauthorised": set(codes.SYMBOLS_UNAUTHORISED),
    }


def _is_one_of(symbols: pd.Series, wanted: set[str]) -> np.ndarray:
    by_category = np.array([name in wanted for name in symbols.cat.categories], dtype=np.int8)
    return by_category[symbols.cat.codes.to_numpy()]


def _periods(marks: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    pieces = days["piece"].to_numpy()[marks["day"]]
    summed = marks.groupby([marks["enrolment_id"], pieces], sort=False)[SUMS].sum().astype("int64")
    summed.index.names = ["enrolment_id", "piece"]
    cut = summed.reset_index().merge(days.drop_duplicates("piece"), on="piece")
    in_term = cut[cut["half_term"].notna()].assign(
        half_term=lambda rows: rows["half_term"].astype(int),
        term=lambda rows: (rows["half_term"] + 1) // 2,
    )
    kinds = [
        _kind(cut.assign(key=cut["academic_year"]), "year"),
        _kind(in_term.assign(key=in_term["term"]), "term"),
        _kind(in_term.assign(key=in_term["half_term"]), "half_term"),
        _kind(cut.assign(key=cut["week_start"]), "week"),
    ]
    rows = pd.concat(kinds, ignore_index=True)
    rows["possible"] = rows[SUMS].sum(axis=1)
    missed = rows["authorised"] + rows["unauthorised"]
    rows["persistent"] = missed * 10 >= rows["possible"]
    rows["severe"] = missed * 2 >= rows["possible"]
    return rows[rows["possible"] > 0]


def _kind(cut: pd.DataFrame, kind: str) -> pd.DataFrame:
    rows = cut.groupby([*KEYS, "key"], as_index=False, sort=False)[SUMS].sum()
    names = {key: str(key)[:10] for key in rows["key"].unique()}
    return rows.assign(kind=kind, key=rows["key"].map(names))


def _checks(marks: pd.DataFrame, school_days: pd.DataFrame, as_of: date) -> pd.DataFrame:
    weeks = school_days[["school_id", "week_start"]].drop_duplicates()
    parts = [
        _rolling(marks, weeks),
        _runs(marks),
        _illness(marks, as_of),
        _unexplained(marks, school_days),
    ]
    rows = pd.concat(parts, axis=1)
    counts = [str(name) for name in rows if not str(name).endswith(("first", "oldest"))]
    rows[counts] = rows[counts].fillna(0).astype(int)
    return rows.rename_axis("enrolment_id").reset_index()


def _rolling(marks: pd.DataFrame, weeks: pd.DataFrame) -> pd.DataFrame:
    weeks = weeks.sort_values(["school_id", "week_start"])
    weeks["week_no"] = weeks.groupby("school_id").cumcount()
    weeks["latest"] = weeks.groupby("school_id")["week_no"].transform("max")
    missed = marks[
        (marks["unauthorised"] == 1) & (marks["date"] >= pd.Timestamp(FRAMEWORK_STARTS_ON))
    ]
    missed = missed.merge(weeks, on=["school_id", "week_start"])
    missed = missed.sort_values(["enrolment_id", "date", "session"], ignore_index=True)
    stride = int(missed["week_no"].max()) + 2 * WINDOW_SCHOOL_WEEKS
    place = missed["enrolment_id"].to_numpy(np.int64) * stride + missed["week_no"].to_numpy()
    since = np.searchsorted(place, place - (WINDOW_SCHOOL_WEEKS - 1), side="left")
    own = np.searchsorted(place, missed["enrolment_id"].to_numpy(np.int64) * stride, side="left")
    missed["n"] = np.arange(len(missed)) - np.maximum(since, own) + 1
    missed["is_now"] = missed["week_no"] > missed["latest"] - WINDOW_SCHOOL_WEEKS
    by_child = missed.groupby("enrolment_id")
    return pd.DataFrame({
        "rolling_now": by_child["is_now"].sum(),
        "rolling_max": by_child["n"].max(),
        "rolling_first": missed[missed["n"] >= 10].groupby("enrolment_id")["date"].min(),
    })  # fmt: skip


def _runs(marks: pd.DataFrame) -> pd.DataFrame:
    absent = marks.loc[marks["unauthorised"] == 1, "enrolment_id"].unique()
    possible = (marks["attended"] + marks["authorised"] + marks["unauthorised"]) == 1
    theirs = marks[possible & marks["enrolment_id"].isin(absent)]
    days = theirs.groupby(["enrolment_id", "date"])["unauthorised"].agg(["sum", "count"])
    days = days.reset_index()
    days["is_missed"] = days["sum"] == days["count"]
    new_child = days["enrolment_id"].ne(days["enrolment_id"].shift())
    days["stretch"] = (new_child | ~days["is_missed"]).cumsum()
    days["n"] = days.groupby("stretch")["is_missed"].cumsum()
    by_child = days.groupby("enrolment_id")["n"]
    return pd.DataFrame({
        "run_now": by_child.last(),
        "run_max": by_child.max(),
        "run_first": days[days["n"] >= 10].groupby("enrolment_id")["date"].min(),
    })  # fmt: skip


def _illness(marks: pd.DataFrame, as_of: date) -> pd.DataFrame:
    starts = pd.Timestamp(academic_year_start(academic_year(as_of)))
    ill = marks[(marks["symbol"] == codes.ILLNESS) & (marks["date"] >= starts)]
    ill = ill.sort_values(["enrolment_id", "date", "session"])
    by_child = ill.groupby("enrolment_id")
    thirtieth = ill[by_child.cumcount() == 29].set_index("enrolment_id")["date"]
    return pd.DataFrame({
        "illness_sessions": by_child.size(),
        "illness_days": by_child["date"].nunique(),
        "illness_first": thirtieth,
    })  # fmt: skip


def _unexplained(marks: pd.DataFrame, school_days: pd.DataFrame) -> pd.DataFrame:
    days = school_days.sort_values(["school_id", "date"])
    days["after"] = days.groupby("school_id").cumcount(ascending=False)
    unexplained = marks[marks["symbol"] == codes.UNEXPLAINED]
    late = unexplained.merge(days[["school_id", "date", "after"]], on=["school_id", "date"])
    by_child = late[late["after"] > 5].groupby("enrolment_id")["date"]
    return pd.DataFrame({"n_overdue": by_child.size(), "n_oldest": by_child.min()})
