-- Sessions still coded N with more than five of the school's days after them, in every year
-- (REG-08, REG-09): those older than the sixth last school day.
CREATE {storage} TABLE {work}unexplained AS
SELECT absence.enrolment_id,
       count(*)::smallint AS n_overdue,
       min(absence.week_start + slot / 2) AS n_oldest
  FROM {work}absence_week AS absence
  JOIN {work}school AS school USING (school_id)
 CROSS JOIN generate_series(0, 13) AS slot
 WHERE absence.unexplained > 0
   AND substr(absence.marks, slot + 1, 1) = %(unexplained)s
   AND absence.week_start + slot / 2 < school.sixth_last_day
 GROUP BY absence.enrolment_id
