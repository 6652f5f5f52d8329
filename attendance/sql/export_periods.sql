-- One line per enrolment and period, as the exports define it, by UPN, URN, first day, kind and key
-- as text by code point. Places stand for the text in sorting: they sort the same, and faster. The
-- percentage is 100 x absent / possible to two decimals, halves up, from whole numbers.
WITH placed AS (
    SELECT enrolment.enrolment_id,
           pupil.upn,
           enrolment.school_id AS urn,
           enrolment.starts_on,
           row_number() OVER (
               ORDER BY pupil.upn COLLATE "C",
                        enrolment.school_id::text COLLATE "C",
                        enrolment.starts_on
           ) AS place
      FROM {work}enrolment AS enrolment
      JOIN schools_enrolment AS enrolled ON enrolled.id = enrolment.enrolment_id
      JOIN schools_pupil AS pupil ON pupil.id = enrolled.pupil_id
), line AS (
    SELECT enrolment_id, academic_year,
           CASE kind WHEN 3 THEN 1 WHEN 2 THEN 2 ELSE 4 END AS kind_place,
           key::integer AS key_place,
           possible, attended, authorised, unauthorised, persistent, severe
      FROM {work}period
     UNION ALL
    SELECT enrolment_id, academic_year, 3, week_start - DATE '1900-01-01',
           possible, attended, authorised, unauthorised, persistent, severe
      FROM {work}week
), share AS (
    SELECT line.*,
           (20000 * (authorised + unauthorised) + possible) / (2 * possible) AS hundredths
      FROM line
)
SELECT placed.upn,
       placed.urn,
       placed.starts_on AS enrolment_start,
       share.academic_year,
       (ARRAY['half_term', 'term', 'week', 'year'])[kind_place] AS kind,
       CASE kind_place WHEN 3 THEN (DATE '1900-01-01' + key_place)::text ELSE key_place::text END
           AS key,
       share.possible,
       share.attended,
       share.authorised,
       share.unauthorised,
       hundredths / 100 || '.' || lpad(mod(hundredths, 100)::text, 2, '0') AS absence_pct,
       share.persistent::integer AS persistent,
       share.severe::integer AS severe
  FROM share
  JOIN placed USING (enrolment_id)
 ORDER BY placed.place, kind_place, key_place, share.academic_year
