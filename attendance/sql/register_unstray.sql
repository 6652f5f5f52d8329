-- Takes the strays out of the weeks they were stored in.
UPDATE register_week AS week
   SET marks = (SELECT string_agg(
                           CASE WHEN stray.symbol IS NULL THEN substr(week.marks, each.slot + 1, 1)
                                ELSE ' ' END,
                           '' ORDER BY each.slot)
                  FROM generate_series(0, 13) AS each (slot)
                  LEFT JOIN register_stray AS stray
                    ON stray.old_id = week.enrolment_id
                   AND stray.week_start = week.week_start
                   AND stray.slot = each.slot)
 WHERE (week.enrolment_id, week.week_start)
       IN (SELECT old_id, week_start FROM register_stray)
