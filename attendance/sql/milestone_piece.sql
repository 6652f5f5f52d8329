-- Weeks cut at the milestones (days up to which sums are asked): each piece lies in one week and
-- leads up to one milestone, from the one before it in its academic year, or from 1 August.
-- `slots` has a bit for each session of the piece, as in piece.sql.
CREATE {storage} TABLE {work}milestone_piece AS
WITH milestone AS (
    SELECT day AS milestone,
           make_date((extract(year FROM day) - (extract(month FROM day) < 8)::integer)::integer, 8, 1)
               AS year_start
      FROM unnest(%(milestones)s::date[]) AS day
), stretch AS (
    SELECT milestone,
           year_start,
           coalesce(
               lag(milestone) OVER (PARTITION BY year_start ORDER BY milestone) + 1, year_start
           ) AS from_on
      FROM milestone
), piece AS (
    SELECT milestone,
           year_start,
           week::date AS week_start,
           greatest(from_on, week::date) AS first_on,
           least(milestone, week::date + 6) AS last_on
      FROM stretch
     CROSS JOIN LATERAL generate_series(
               date_trunc('week', from_on::timestamp),
               date_trunc('week', milestone::timestamp),
               interval '7 days'
           ) AS week
)
SELECT piece.*,
       ((16383 >> (2 * (first_on - week_start)))
           & (16383 << (2 * (6 - (last_on - week_start)))))::smallint AS slots
  FROM piece
