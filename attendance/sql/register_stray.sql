-- Marks that lie outside the dates of the enrolment they are stored with, and inside those of another
-- enrolment of the same pupil at the same school, which has none for that session yet.
CREATE TEMPORARY TABLE register_stray AS
WITH pair AS (
    SELECT here.id AS old_id,
           there.id AS new_id,
           here.school_id,
           here.starts_on AS old_from,
           coalesce(here.ends_on, 'infinity') AS old_to,
           there.starts_on AS new_from,
           coalesce(there.ends_on, 'infinity') AS new_to
      FROM schools_enrolment AS here
      JOIN schools_enrolment AS there
        ON there.pupil_id = here.pupil_id
       AND there.school_id = here.school_id
       AND there.id <> here.id
     WHERE here.school_id = ANY (:schools)
)
SELECT DISTINCT ON (pair.new_id, week.week_start, slot)
       pair.old_id,
       pair.new_id,
       pair.school_id,
       week.week_start,
       slot,
       week.week_start + slot / 2 AS date,
       substr(week.marks, slot + 1, 1) AS symbol
  FROM pair
  JOIN register_week AS week ON week.enrolment_id = pair.old_id
 CROSS JOIN generate_series(0, 13) AS slot
  LEFT JOIN register_week AS kept
    ON kept.enrolment_id = pair.new_id AND kept.week_start = week.week_start
 WHERE NOT week.week_start + slot / 2 BETWEEN pair.old_from AND pair.old_to
   AND week.week_start + slot / 2 BETWEEN pair.new_from AND pair.new_to
   AND substr(week.marks, slot + 1, 1) <> ' '
   AND coalesce(substr(kept.marks, slot + 1, 1), ' ') = ' '
 ORDER BY pair.new_id, week.week_start, slot, pair.old_id
