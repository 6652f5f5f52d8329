-- Sums of one academic year by school and group, over enrolments with a possible session. What is
-- known of a child now describes it in every year, as in export_dashboard.sql; empty where unknown.
-- Of the children in `hidden` the facts are left empty: their record is not wholly open to who asks.
-- `{period}` is the stored summary at the figures' date, a working table at another.
WITH described AS (
    SELECT year.school_id,
           year.possible,
           year.authorised + year.unauthorised AS absent,
           year.persistent,
           year.severe,
           enrolled.year_group,
           CASE WHEN hidden.is_so THEN '' ELSE pupil.sex END AS sex,
           CASE WHEN hidden.is_so THEN ''
                ELSE coalesce(pupil.fsm_eligible::integer::text, '') END AS fsm,
           CASE WHEN hidden.is_so THEN '' ELSE pupil.sen_provision END AS sen_provision,
           CASE WHEN hidden.is_so THEN '' ELSE pupil.ethnicity END AS ethnicity,
           CASE WHEN hidden.is_so THEN '' ELSE pupil.social_care END AS social_care
      FROM {period} AS year
      JOIN schools_enrolment AS enrolled ON enrolled.id = year.enrolment_id
      JOIN schools_pupil AS pupil ON pupil.id = enrolled.pupil_id
     CROSS JOIN LATERAL (SELECT pupil.id = ANY (%(hidden)s::bigint[])) AS hidden (is_so)
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
