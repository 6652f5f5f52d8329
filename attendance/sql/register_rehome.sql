-- Lays the strays over the weeks of the enrolment that covers them.
INSERT INTO register_week (enrolment_id, school_id, week_start, marks)
SELECT place.new_id,
       place.school_id,
       place.week_start,
       (SELECT string_agg(
                   coalesce(stray.symbol, substr(coalesce(kept.marks, repeat(' ', 14)), each.slot + 1, 1)),
                   '' ORDER BY each.slot)
          FROM generate_series(0, 13) AS each (slot)
          LEFT JOIN register_stray AS stray
            ON stray.new_id = place.new_id
           AND stray.week_start = place.week_start
           AND stray.slot = each.slot)
  FROM (SELECT DISTINCT new_id, school_id, week_start FROM register_stray) AS place
  LEFT JOIN register_week AS kept
    ON kept.enrolment_id = place.new_id AND kept.week_start = place.week_start
    ON CONFLICT (enrolment_id, week_start) DO UPDATE SET marks = excluded.marks
