-- Days in a row with every possible session unauthorised (RET-09, RET-10): the longest run, the run
-- that ends on the last day with something possible (0 if anything possible came after it), and
-- the day a run first reached ten. Only the week in which that tenth day fell is opened.
CREATE {storage} TABLE {work}run AS
WITH placed AS (
    SELECT enrolment_id,
           week_start,
           sessions,
           gap || days AS days,
           sum(length(gap || days)) OVER (PARTITION BY enrolment_id ORDER BY week_start)
               AS place_of_last,
           length(days) AS days_in_week
      FROM {work}run_week
), joined AS (
    SELECT enrolment_id,
           string_agg(days, '' ORDER BY week_start) AS days,
           max(week_start) AS last_week
      FROM placed
     GROUP BY enrolment_id
), measured AS MATERIALIZED (
    SELECT joined.enrolment_id,
           joined.last_week,
           enrolment.last_on,
           (SELECT max(length(run)) FROM string_to_table(joined.days, 'B') AS run) AS run_max,
           length(joined.days) - length(rtrim(joined.days, 'U')) AS run_at_end,
           strpos(joined.days, repeat('U', 10)) + 9 AS place_of_tenth
      FROM joined
      JOIN {work}enrolment AS enrolment USING (enrolment_id)
)
SELECT measured.enrolment_id,
       CASE WHEN measured.run_at_end > 0
                 AND NOT EXISTS (
                     SELECT
                       FROM register_week AS later
                      CROSS JOIN LATERAL (
                                SELECT substr(later.marks, 1,
                                              2 * (measured.last_on - later.week_start + 1))
                            ) AS kept (marks)
                      WHERE later.enrolment_id = measured.enrolment_id
                        AND later.week_start > measured.last_week
                        AND later.week_start <= measured.last_on
                        AND later.possible > 0
                        AND (later.week_start + 6 <= measured.last_on
                             OR length(translate(kept.marks, %(possible)s, ''))
                                < length(kept.marks)))
            THEN measured.run_at_end ELSE 0
       END::smallint AS run_now,
       measured.run_max::smallint AS run_max,
       tenth.date AS run_first
  FROM measured
  LEFT JOIN placed
    ON measured.run_max >= 10
   AND placed.enrolment_id = measured.enrolment_id
   AND measured.place_of_tenth <= placed.place_of_last
   AND measured.place_of_tenth > placed.place_of_last - placed.days_in_week
  LEFT JOIN LATERAL (
           SELECT placed.week_start + day AS date
             FROM generate_series(0, 6) AS day
            WHERE substr(placed.sessions, 2 * day + 1, 2) <> '  '
            ORDER BY day
           OFFSET measured.place_of_tenth - (placed.place_of_last - placed.days_in_week) - 1
            LIMIT 1
       ) AS tenth ON placed.week_start IS NOT NULL
