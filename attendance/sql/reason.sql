-- Sessions of each school by academic year, half-term (0: between half-terms), symbol and slot of
-- the week (STAT-02 to STAT-05, STAT-30). Each different week is opened once, and only where it
-- does not say present: what is present is what is left of the weeks that reach a slot.
CREATE {storage} TABLE {work}reason AS
WITH slot AS (
    SELECT number, substr(%(present)s, 2 - mod(number, 2), 1) AS present
      FROM generate_series(1, 14) AS number
), reach AS (
    SELECT school_id, period_no, length(rtrim(marks)) AS slots, sum(weeks) AS weeks
      FROM {work}reason_week
     GROUP BY school_id, period_no, length(rtrim(marks))
), opened AS (  -- slot and symbol in one number, since one key groups faster than two
    SELECT marks, 256 * number + ascii(substr(marks, number, 1)) AS cell
      FROM (SELECT DISTINCT marks FROM {work}reason_week) AS week
      JOIN slot ON number <= length(rtrim(marks)) AND substr(marks, number, 1) <> present
), other AS (
    SELECT school_id, period_no, cell, sum(weeks) AS sessions
      FROM {work}reason_week
      JOIN opened USING (marks)
     GROUP BY school_id, period_no, cell
), counted AS (
    SELECT school_id, period_no, number, present AS symbol, weeks AS sessions
      FROM reach
      JOIN slot ON number <= slots
     UNION ALL
    SELECT school_id, period_no, number, present, -sessions
      FROM other
      JOIN slot ON number = cell / 256
     UNION ALL
    SELECT school_id, period_no, cell / 256, chr(mod(cell, 256)), sessions
      FROM other
     WHERE strpos(%(not_a_session)s, chr(mod(cell, 256))) = 0
)
SELECT school_id,
       (period_no / 7)::smallint AS academic_year,
       mod(period_no, 7)::smallint AS half_term,
       symbol,
       ARRAY[
           coalesce(sum(sessions) FILTER (WHERE number = 1), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 2), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 3), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 4), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 5), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 6), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 7), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 8), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 9), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 10), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 11), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 12), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 13), 0),
           coalesce(sum(sessions) FILTER (WHERE number = 14), 0)
       ]::integer[] AS sessions
  FROM counted
 GROUP BY school_id, period_no, symbol
HAVING sum(sessions) > 0
