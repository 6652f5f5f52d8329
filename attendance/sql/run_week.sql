-- The weeks with an unauthorised session, each written as a row of days (RET-09, RET-10): U for a
-- day whose possible sessions were all unauthorised, B for one that breaks a run, and nothing for
-- a day with nothing possible. `gap` is B where a week without any unauthorised session, but with
-- something possible, lies before.
CREATE {storage} TABLE {work}run_week AS
WITH written AS MATERIALIZED (  -- else each use below would write the days out again
    SELECT enrolment_id,
           week_start,
           sessions,
           CASE WHEN substr(sessions, 1, 2) = '  ' THEN ''
                WHEN substr(sessions, 1, 2) IN ('UU', 'U ', ' U') THEN 'U' ELSE 'B' END
        || CASE WHEN substr(sessions, 3, 2) = '  ' THEN ''
                WHEN substr(sessions, 3, 2) IN ('UU', 'U ', ' U') THEN 'U' ELSE 'B' END
        || CASE WHEN substr(sessions, 5, 2) = '  ' THEN ''
                WHEN substr(sessions, 5, 2) IN ('UU', 'U ', ' U') THEN 'U' ELSE 'B' END
        || CASE WHEN substr(sessions, 7, 2) = '  ' THEN ''
                WHEN substr(sessions, 7, 2) IN ('UU', 'U ', ' U') THEN 'U' ELSE 'B' END
        || CASE WHEN substr(sessions, 9, 2) = '  ' THEN ''
                WHEN substr(sessions, 9, 2) IN ('UU', 'U ', ' U') THEN 'U' ELSE 'B' END
        || CASE WHEN substr(sessions, 11, 2) = '  ' THEN ''
                WHEN substr(sessions, 11, 2) IN ('UU', 'U ', ' U') THEN 'U' ELSE 'B' END
        || CASE WHEN substr(sessions, 13, 2) = '  ' THEN ''
                WHEN substr(sessions, 13, 2) IN ('UU', 'U ', ' U') THEN 'U' ELSE 'B' END
               AS days
      FROM {work}absence_week
     WHERE unauthorised > 0
), linked AS (
    SELECT written.*,
           lag(week_start) OVER by_week AS week_before,
           lag(days) OVER by_week AS days_before
      FROM written
    WINDOW by_week AS (PARTITION BY enrolment_id ORDER BY week_start)
)
SELECT enrolment_id,
       week_start,
       sessions,
       days,
       CASE WHEN right(days_before, 1) = 'U' AND left(days, 1) = 'U' AND week_before < week_start - 7
                 AND EXISTS (SELECT FROM register_week AS between_them
                              WHERE between_them.enrolment_id = linked.enrolment_id
                                AND between_them.week_start > linked.week_before
                                AND between_them.week_start < linked.week_start
                                AND between_them.possible > 0)
            THEN 'B' ELSE '' END AS gap
  FROM linked
