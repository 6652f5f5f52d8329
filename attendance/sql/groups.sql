-- Sums of one academic year by school and group, over enrolments with a possible session. What is
-- known of a child now describes it in every year, as in export_dashboard.sql; empty where unknown.
-- `{period}` is the stored summary at the figures' date, a working table at another.
WITH described AS (
    SELECT year.school_id,
           year.possible,
           year.authorised + year.unauthorised AS absent,
           year.persistent,
           year.severe,
           enrolled.year_group,
           pupil.sex,
           coalesce(pupil.fsm_eligible::integer::text, '') AS fsm,
           pupil.sen_provision,
           pupil.ethnicity,
           pupil.social_care
      FROM {period} AS year
      JOIN schools_enrolment AS enrolled ON enrolled.id = year.enrolment_id
      JOIN schools_pupil AS pupil ON pupil.id = enrolled.pupil_id
     WHERE year.kind = 1
       AND year.academic_year = %(academic_year)s
       AND year.school_id = ANY (%(schools)s::integer[])
)
SELECT described.school_id,
       dimension.name AS dimension,
       dimension.value,
       count(*)::integer AS enrolments,
       sum(possible)::integer AS possible,
       sum(absent)::integer AS absent,
       count(*) FILTER (WHERE persistent)::integer AS persistent,
       count(*) FILTER (WHERE severe)::integer AS severe
  FROM described
 CROSS JOIN LATERAL (
           VALUES ('sex', sex), ('year_group', year_group), ('fsm', fsm), ('sen', sen_provision),
                  ('ethnicity', ethnicity), ('social_care', social_care)
       ) AS dimension (name, value)
 GROUP BY described.school_id, dimension.name, dimension.value
 ORDER BY described.school_id, dimension.name, dimension.value
