-- Enrolments of one academic year with a possible session, and those persistently absent (STAT-08),
-- by school, and by the ward where the pupil lives, each with the strata that persistent absence
-- differs by: phase, year group, free school meals and SEN; empty where unknown.
-- `{period}` is the stored summary at the figures' date, a working table at another.
SELECT CASE WHEN grouping(year.school_id) = 0 THEN 'school' ELSE 'ward' END AS kind,
       coalesce(year.school_id, pupil.ward_id) AS place,
       school.phase,
       enrolled.year_group,
       coalesce(pupil.fsm_eligible::integer::text, '') AS fsm,
       pupil.sen_provision,
       count(*)::integer AS enrolments,
       count(*) FILTER (WHERE year.persistent)::integer AS persistent
  FROM {period} AS year
  JOIN schools_enrolment AS enrolled ON enrolled.id = year.enrolment_id
  JOIN schools_pupil AS pupil ON pupil.id = enrolled.pupil_id
  JOIN schools_school AS school ON school.urn = year.school_id
 WHERE year.kind = 1
   AND year.academic_year = %(academic_year)s
   AND year.school_id = ANY (%(schools)s::integer[])
 GROUP BY GROUPING SETS (
           (year.school_id, school.phase, enrolled.year_group, fsm, pupil.sen_provision),
           (pupil.ward_id, school.phase, enrolled.year_group, fsm, pupil.sen_provision)
       )
HAVING coalesce(year.school_id, pupil.ward_id) IS NOT NULL
