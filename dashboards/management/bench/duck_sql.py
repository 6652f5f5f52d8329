"""What a competent analyst would write in DuckDB for the same answers: long marks, one table each.

Setting up (not timed) gives DuckDB its own best storage: one row a mark in order of child and day,
the codes as an enumeration, small tables of days and codes. The answers (timed) are rebuilt whole.
"""

from typing import Final

#: From the bundle's own files: nothing of the portal's database is used.
FROM_FILES: Final = """
CREATE TABLE enrolment AS
SELECT (row_number() OVER (ORDER BY upn, urn, start_date))::INTEGER AS id, upn,
       urn::INTEGER AS urn, start_date::DATE AS starts_on, nullif(end_date, '')::DATE AS ends_on
FROM read_csv('{people}/enrolments.csv', all_varchar = true, header = true);
CREATE TABLE term AS
SELECT academic_year::SMALLINT AS academic_year, half_term::TINYINT AS half_term,
       "start"::DATE AS starts_on, "end"::DATE AS ends_on
FROM read_csv('{people}/terms.csv', all_varchar = true, header = true);
CREATE TABLE mark AS
SELECT e.id AS enrolment_id, e.urn AS school_id, m.date::DATE AS date,
       (m.session = 'PM')::INTEGER::TINYINT AS session, c.symbol::symbols AS symbol
FROM read_csv('{marks}', all_varchar = true, header = true, delim = ',', quote = '"') m
JOIN enrolment e ON e.upn = m.upn AND e.urn = m.urn::INTEGER
 AND m.date::DATE BETWEEN e.starts_on AND coalesce(e.ends_on, DATE '9999-12-31')
JOIN regime c ON c.code = m.code AND m.date::DATE BETWEEN c.valid_from AND c.valid_to
ORDER BY 1, 3, 4;
"""

#: From the week strings of the portal, for a size that never was a file.
FROM_WEEKS: Final = """
CREATE TABLE enrolment AS
SELECT id::INTEGER AS id, upn, urn::INTEGER AS urn, starts_on::DATE AS starts_on,
       nullif(ends_on, '')::DATE AS ends_on
FROM read_csv('{people}/enrolment.csv', all_varchar = true, header = true);
CREATE TABLE term AS
SELECT academic_year::SMALLINT AS academic_year, half_term::TINYINT AS half_term,
       starts_on::DATE AS starts_on, ends_on::DATE AS ends_on
FROM read_csv('{people}/term.csv', all_varchar = true, header = true);
CREATE TABLE mark AS
SELECT enrolment_id, school_id, week_start + slot // 2 AS date, (slot % 2)::TINYINT AS session,
       marks[slot + 1]::symbols AS symbol
FROM (SELECT enrolment_id::INTEGER AS enrolment_id, school_id::INTEGER AS school_id,
             week_start::DATE AS week_start, marks, unnest(range(14))::INTEGER AS slot
      FROM read_csv('{marks}', all_varchar = true, header = true, delim = ',', quote = '"'))
WHERE marks[slot + 1] <> ' '
ORDER BY 1, 3, 4;
"""

DAYS: Final = """
CREATE TABLE day AS
SELECT d.date, date_trunc('week', d.date)::DATE AS week_start,
       (year(d.date) - (month(d.date) < 8)::INTEGER)::SMALLINT AS academic_year,
       t.half_term, dense_rank() OVER (ORDER BY academic_year, week_start, t.half_term)::SMALLINT
       AS piece
FROM (SELECT DISTINCT date FROM mark) d
LEFT JOIN term t ON d.date BETWEEN t.starts_on AND t.ends_on;
"""

#: Timed. Symbols never change their class, so lists of them are fair. Weeks are kept as `cut` and
#: shown by a view, since the nightly run does not write them either.
ANSWERS: Final = """
CREATE OR REPLACE TABLE school_day AS
SELECT school_id, date, row_number() OVER (PARTITION BY school_id ORDER BY date) AS day_no
FROM (SELECT DISTINCT school_id, date FROM mark
      WHERE symbol NOT IN {no_session} AND date <= DATE '{as_of}');
CREATE OR REPLACE TABLE school_week AS
SELECT school_id, week_start, row_number() OVER (PARTITION BY school_id ORDER BY week_start)
       AS week_no
FROM (SELECT DISTINCT school_id, week_start FROM school_day JOIN day USING (date));
CREATE OR REPLACE TEMP TABLE summed AS
SELECT enrolment_id, any_value(school_id) AS school_id, piece, sum(is_attended) AS attended,
       sum(is_authorised) AS authorised, sum(is_unauthorised) AS unauthorised
FROM mark JOIN day USING (date) JOIN code USING (symbol)
WHERE date <= DATE '{as_of}'
GROUP BY enrolment_id, piece;
CREATE OR REPLACE TABLE cut AS
SELECT s.*, p.* EXCLUDE (piece)
FROM summed s JOIN (SELECT DISTINCT piece, academic_year, week_start, half_term FROM day) p
USING (piece);
CREATE OR REPLACE TABLE period AS
SELECT *, attended + authorised + unauthorised AS possible,
       possible > 0 AND (authorised + unauthorised) * 10 >= possible AS persistent,
       possible > 0 AND (authorised + unauthorised) * 2 >= possible AS severe
FROM (
  SELECT enrolment_id, academic_year, 'year' AS kind, academic_year::VARCHAR AS key,
         sum(attended) AS attended, sum(authorised) AS authorised, sum(unauthorised) AS unauthorised
  FROM cut GROUP BY ALL
  UNION ALL
  SELECT enrolment_id, academic_year, 'term', ((half_term + 1) // 2)::VARCHAR,
         sum(attended), sum(authorised), sum(unauthorised)
  FROM cut WHERE half_term IS NOT NULL GROUP BY ALL
  UNION ALL
  SELECT enrolment_id, academic_year, 'half_term', half_term::VARCHAR,
         sum(attended), sum(authorised), sum(unauthorised)
  FROM cut WHERE half_term IS NOT NULL GROUP BY ALL)
WHERE attended + authorised + unauthorised > 0;
CREATE OR REPLACE VIEW period_with_weeks AS
SELECT * FROM period
UNION ALL
SELECT *, attended + authorised + unauthorised AS possible,
       (authorised + unauthorised) * 10 >= possible, (authorised + unauthorised) * 2 >= possible
FROM (SELECT enrolment_id, academic_year, 'week', week_start::VARCHAR,
             sum(attended) AS attended, sum(authorised) AS authorised,
             sum(unauthorised) AS unauthorised
      FROM cut GROUP BY ALL)
WHERE attended + authorised + unauthorised > 0;
CREATE OR REPLACE TEMP TABLE rolling AS
WITH missed AS (
  SELECT m.enrolment_id, m.school_id, m.date, m.session, w.week_no
  FROM mark m JOIN day d USING (date) JOIN school_week w USING (school_id, week_start)
  WHERE m.symbol IN {penalty} AND m.date BETWEEN DATE '2024-08-19' AND DATE '{as_of}'),
counted AS (
  SELECT *, count(*) OVER (PARTITION BY enrolment_id ORDER BY week_no
                           RANGE BETWEEN 9 PRECEDING AND 1 PRECEDING)
            + row_number() OVER (PARTITION BY enrolment_id, week_no ORDER BY date, session) AS n
  FROM missed)
SELECT enrolment_id, max(n) AS rolling_max, min(date) FILTER (n >= 10) AS rolling_first,
       count(*) FILTER (week_no > latest - 10) AS rolling_now
FROM counted JOIN (SELECT school_id, max(week_no) AS latest FROM school_week GROUP BY 1)
USING (school_id)
GROUP BY enrolment_id;
CREATE OR REPLACE TEMP TABLE run AS
WITH days AS (
  SELECT enrolment_id, date, sum(is_unauthorised) = count(*) AS is_missed
  FROM mark JOIN code USING (symbol)
  WHERE is_possible AND date <= DATE '{as_of}'
    AND enrolment_id IN (SELECT enrolment_id FROM summed WHERE unauthorised > 0)
  GROUP BY enrolment_id, date),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY enrolment_id ORDER BY date) AS place FROM days),
missed AS (
  SELECT *, place - row_number() OVER (PARTITION BY enrolment_id ORDER BY date) AS stretch
  FROM placed WHERE is_missed),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY enrolment_id, stretch ORDER BY date) AS n FROM missed)
SELECT enrolment_id, max(n) AS run_max, min(date) FILTER (n >= 10) AS run_first,
       coalesce(max(n) FILTER (place = last_place), 0) AS run_now
FROM numbered JOIN (SELECT enrolment_id, max(place) AS last_place FROM placed GROUP BY 1)
USING (enrolment_id)
GROUP BY enrolment_id;
CREATE OR REPLACE TEMP TABLE illness AS
SELECT enrolment_id, count(*) AS illness_sessions, count(DISTINCT date) AS illness_days,
       min(date) FILTER (n = 30) AS illness_first
FROM (SELECT enrolment_id, date,
             row_number() OVER (PARTITION BY enrolment_id ORDER BY date, session) AS n
      FROM mark WHERE symbol = 'I' AND date BETWEEN DATE '{year_start}' AND DATE '{as_of}')
GROUP BY enrolment_id;
CREATE OR REPLACE TEMP TABLE unexplained AS
SELECT m.enrolment_id, count(*) AS n_overdue, min(m.date) AS n_oldest
FROM mark m JOIN school_day d USING (school_id, date)
JOIN (SELECT school_id, max(day_no) AS latest FROM school_day GROUP BY 1) l USING (school_id)
WHERE m.symbol = 'N' AND l.latest - d.day_no > 5
GROUP BY m.enrolment_id;
CREATE OR REPLACE TABLE checks AS
SELECT enrolment_id, coalesce(rolling_now, 0) AS rolling_now,
       coalesce(rolling_max, 0) AS rolling_max, rolling_first, coalesce(run_now, 0) AS run_now,
       coalesce(run_max, 0) AS run_max, run_first,
       coalesce(illness_sessions, 0) AS illness_sessions,
       coalesce(illness_days, 0) AS illness_days, illness_first,
       coalesce(n_overdue, 0) AS n_overdue, n_oldest
FROM rolling FULL JOIN run USING (enrolment_id) FULL JOIN illness USING (enrolment_id)
FULL JOIN unexplained USING (enrolment_id);
CREATE OR REPLACE TABLE last_mark AS
SELECT enrolment_id, max(date) AS last_mark_on FROM mark
WHERE symbol <> '-' AND date <= DATE '{as_of}' GROUP BY enrolment_id;
CREATE OR REPLACE TABLE school_year AS
SELECT urn, academic_year, count(*) AS enrolments, sum(possible) AS possible,
       sum(attended) AS attended, sum(authorised) AS authorised, sum(unauthorised) AS unauthorised,
       sum(persistent::INTEGER) AS persistent, sum(severe::INTEGER) AS severe
FROM period JOIN enrolment ON enrolment.id = enrolment_id WHERE kind = 'year' GROUP BY ALL;
CHECKPOINT;
"""
