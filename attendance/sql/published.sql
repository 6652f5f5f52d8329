-- Sums of one academic year by school on the basis of the published statistics: state-funded
-- primary, secondary and special schools, pupils aged 5 to 15 on 31 August (STAT-16, STAT-18,
-- STAT-20), without enrolments that began after the first half of the summer term (STAT-15) and,
-- for those aged 15, without the second half (STAT-17). Persistent and severe absence are judged on
-- what is left (STAT-08, STAT-09); an enrolment with nothing possible left is none (STAT-11).
-- `{period}` is the stored summary at the figures' date, a working table at another.
WITH summer AS (
    SELECT max(ends_on) AS first_half_ends
      FROM schools_term
     WHERE academic_year = %(academic_year)s
       AND half_term = 5
), counted AS (
    SELECT year.school_id,
           year.possible - coalesce(late.possible, 0) AS possible,
           year.attended - coalesce(late.attended, 0) AS attended,
           year.authorised - coalesce(late.authorised, 0) AS authorised,
           year.unauthorised - coalesce(late.unauthorised, 0) AS unauthorised
      FROM {period} AS year
      JOIN schools_school AS school ON school.urn = year.school_id
      JOIN schools_enrolment AS enrolled ON enrolled.id = year.enrolment_id
      JOIN schools_pupil AS pupil ON pupil.id = enrolled.pupil_id
     CROSS JOIN summer
      LEFT JOIN {period} AS late
        ON late.enrolment_id = year.enrolment_id
       AND late.academic_year = year.academic_year
       AND late.kind = 3
       AND late.key = 6
       AND pupil.date_of_birth <= make_date(%(academic_year)s - 15, 8, 31)
     WHERE year.kind = 1
       AND year.academic_year = %(academic_year)s
       AND year.school_id = ANY (%(schools)s::integer[])
       AND school.phase = ANY (%(phases)s)
       AND NOT school.type = ANY (%(not_state_funded)s)
       AND pupil.date_of_birth > make_date(%(academic_year)s - 16, 8, 31)
       AND pupil.date_of_birth <= make_date(%(academic_year)s - 5, 8, 31)
       AND (summer.first_half_ends IS NULL OR enrolled.starts_on <= summer.first_half_ends)
)
SELECT school_id,
       count(*)::integer AS enrolments,
       sum(possible)::integer AS possible,
       sum(attended)::integer AS attended,
       sum(authorised)::integer AS authorised,
       sum(unauthorised)::integer AS unauthorised,
       count(*) FILTER (WHERE (possible - attended) * 10 >= possible)::integer AS persistent,
       count(*) FILTER (WHERE (possible - attended) * 2 >= possible)::integer AS severe
  FROM counted
 WHERE possible > 0
 GROUP BY school_id
 ORDER BY school_id
