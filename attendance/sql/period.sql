-- Year, term and half-term of each enrolment, tested for persistent (one in ten) and severe (half)
-- absence on whole numbers (STAT-08, STAT-09). Kinds: 1 year, 2 term, 3 half-term. Periods with
-- nothing possible have no row.
CREATE {storage} TABLE {work}period AS
WITH half AS NOT MATERIALIZED (  -- reading it three times costs less than keeping a copy
    SELECT enrolment_id,
           period_no / 7 AS academic_year,
           mod(period_no, 7) AS half_term,
           possible,
           attended,
           unauthorised,
           illness
      FROM {work}total
), counted AS (
    SELECT enrolment_id, academic_year, 3 AS kind, half_term AS key,
           possible, attended, unauthorised, illness
      FROM half
     WHERE half_term > 0
     UNION ALL
    SELECT enrolment_id, academic_year, 2, (half_term + 1) / 2,
           sum(possible), sum(attended), sum(unauthorised), sum(illness)
      FROM half
     WHERE half_term > 0
     GROUP BY enrolment_id, academic_year, (half_term + 1) / 2
     UNION ALL
    SELECT enrolment_id, academic_year, 1, academic_year,
           sum(possible), sum(attended), sum(unauthorised), sum(illness)
      FROM half
     GROUP BY enrolment_id, academic_year
)
SELECT counted.enrolment_id,
       enrolment.school_id,
       academic_year::smallint AS academic_year,
       kind::smallint AS kind,
       key::smallint AS key,
       possible::smallint AS possible,
       attended::smallint AS attended,
       (possible - attended - unauthorised)::smallint AS authorised,
       unauthorised::smallint AS unauthorised,
       illness::smallint AS illness,
       (possible - attended) * 10 >= possible AS persistent,
       (possible - attended) * 2 >= possible AS severe
  FROM counted
  JOIN {work}enrolment AS enrolment USING (enrolment_id)
 WHERE possible > 0
