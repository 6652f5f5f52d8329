-- Weeks up to the date asked, cut into pieces that lie in one academic year and one half-term
-- (0: between half-terms). Most weeks are one piece for the days on which schools meet.
-- Source: the exports' definition, figure 4. `slots` has a bit for each session of the piece;
-- `period_no` is year and half-term in one number, since one key groups faster than two.
CREATE {storage} TABLE {work}piece AS
WITH day AS (
    SELECT day::date AS day,
           day::date - (extract(isodow FROM day)::integer - 1) AS week_start,
           (extract(year FROM day) - (extract(month FROM day) < 8)::integer)::smallint
               AS academic_year
      FROM generate_series(
               greatest((SELECT min(first_week) FROM {work}enrolment), %(from_day)s)::timestamp,
               %(as_of)s::timestamp,
               interval '1 day'
           ) AS day
), placed AS (
    SELECT day.*, coalesce(term.half_term, 0)::smallint AS half_term
      FROM day
      LEFT JOIN LATERAL (
               SELECT half_term
                 FROM schools_term
                WHERE day.day BETWEEN starts_on AND ends_on
                ORDER BY starts_on, ends_on, academic_year, half_term
                LIMIT 1
           ) AS term ON true
), stretch AS (
    SELECT placed.*,
           day - row_number() OVER (
               PARTITION BY week_start, academic_year, half_term ORDER BY day
           )::integer AS island
      FROM placed
)
SELECT week_start,
       academic_year * 7 + half_term AS period_no,
       min(day) AS first_on,
       max(day) AS last_on,
       ((16383 >> (2 * (min(day) - week_start)))
           & (16383 << (2 * (6 - (max(day) - week_start)))))::smallint AS slots
  FROM stretch
 GROUP BY week_start, academic_year, half_term, island
