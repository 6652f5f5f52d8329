-- Weeks that came in several parts of one file become one row; only weeks of :enrolments did. A
-- place that was sent with two different symbols, or was in conflict already, becomes '!'.
WITH repeated AS (
    SELECT enrolment_id, week_start
      FROM register_sent
     WHERE enrolment_id = ANY (:enrolments)
     GROUP BY enrolment_id, week_start
    HAVING count(*) > 1
), parts AS (
    DELETE FROM register_sent AS sent
     USING repeated
     WHERE sent.enrolment_id = repeated.enrolment_id
       AND sent.week_start = repeated.week_start
    RETURNING sent.*
), places AS (
    SELECT enrolment_id, school_id, week_start, place,
           count(DISTINCT symbol) AS different,
           max(symbol COLLATE "C") AS symbol
      FROM parts
     CROSS JOIN generate_series(1, 14) AS place
     CROSS JOIN LATERAL (SELECT nullif(substr(marks, place, 1), ' ')) AS said (symbol)
     GROUP BY enrolment_id, school_id, week_start, place
)
INSERT INTO register_sent (enrolment_id, school_id, week_start, marks)
SELECT enrolment_id, school_id, week_start,
       string_agg(CASE different WHEN 0 THEN ' ' WHEN 1 THEN symbol ELSE '!' END, '' ORDER BY place)
  FROM places
 GROUP BY enrolment_id, school_id, week_start;
