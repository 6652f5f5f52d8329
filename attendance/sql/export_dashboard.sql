-- Sums by dimension and academic year over enrolments with a possible session in the year. The
-- values are those held now, whatever the year; empty where unknown. A ward code is any text that a
-- school sent, so one that a spreadsheet would take for a formula gets an apostrophe before it.
-- Of a child whose record is not wholly open to the reader the facts are left empty; nobody is such
-- a child to the commands.
WITH described AS (
    SELECT year.*,
           school.la_code,
           enrolled.school_id::text AS urn,
           enrolled.year_group,
           CASE WHEN hidden.pupil_id IS NULL THEN pupil.sex ELSE '' END AS sex,
           CASE WHEN hidden.pupil_id IS NULL
                THEN coalesce(pupil.fsm_eligible::integer::text, '') ELSE '' END AS fsm,
           CASE WHEN hidden.pupil_id IS NULL THEN pupil.sen_provision ELSE '' END AS sen_provision,
           CASE WHEN hidden.pupil_id IS NULL THEN pupil.ethnicity ELSE '' END AS ethnicity,
           CASE WHEN hidden.pupil_id IS NULL THEN coalesce(place.code, '') ELSE '' END AS ward
      FROM {work}period AS year
      JOIN schools_enrolment AS enrolled ON enrolled.id = year.enrolment_id
      JOIN schools_school AS school ON school.urn = enrolled.school_id
      JOIN schools_pupil AS pupil ON pupil.id = enrolled.pupil_id
      LEFT JOIN {work}hidden AS hidden ON hidden.pupil_id = pupil.id
      LEFT JOIN schools_place AS place ON place.id = pupil.ward_id
     WHERE year.kind = 1
)
SELECT described.academic_year,
       dimension.name AS dimension,
       regexp_replace(dimension.value, '^([=+@-])', '''\1') AS value,
       count(*) AS enrolments,
       sum(possible) AS possible,
       sum(attended) AS attended,
       sum(authorised) AS authorised,
       sum(unauthorised) AS unauthorised,
       count(*) FILTER (WHERE persistent) AS persistent,
       count(*) FILTER (WHERE severe) AS severe
  FROM described
 CROSS JOIN LATERAL (
           VALUES ('LA', la_code), ('school', urn), ('year_group', year_group), ('sex', sex),
                  ('fsm', fsm), ('sen', sen_provision), ('ethnicity', ethnicity), ('ward', ward)
       ) AS dimension (name, value)
 GROUP BY described.academic_year, dimension.name, dimension.value
 ORDER BY described.academic_year, dimension.name COLLATE "C", dimension.value COLLATE "C"
