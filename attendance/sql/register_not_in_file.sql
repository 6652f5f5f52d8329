-- Pupils on the roll of a school on a day that the file has marks for, of whom it has none.
-- Guests (G) have no register. Parameters: school, days.
SELECT enrolment.id
  FROM schools_enrolment AS enrolment
 WHERE enrolment.school_id = :school
   AND enrolment.status <> 'G'
   AND EXISTS (
       SELECT FROM unnest(:days::date[]) AS day
        WHERE day >= enrolment.starts_on
          AND (enrolment.ends_on IS NULL OR day <= enrolment.ends_on))
   AND NOT EXISTS (
       SELECT FROM register_sent AS sent
        WHERE sent.enrolment_id = enrolment.id)
 ORDER BY enrolment.id;
