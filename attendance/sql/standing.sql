-- What becomes of each open flag: `close_reason` is empty while it stays. A flag that starts afresh
-- each year closes on 1 August even if its condition holds again: that is a new flag.
CREATE {storage} TABLE {work}standing AS
SELECT flag.id,
       flag.enrolment_id,
       flag.kind,
       CASE WHEN enrolment.ends_on < %(as_of)s THEN 'left'
            WHEN flag.kind = ANY (%(yearly)s) AND flag.opened_on < %(year_start)s THEN 'year_ended'
            WHEN holding.enrolment_id IS NULL THEN 'no_longer_met'
            ELSE ''
       END AS close_reason,
       flag.evidence IS DISTINCT FROM holding.evidence AS is_changed,
       holding.evidence
  FROM flag
  JOIN schools_enrolment AS enrolment ON enrolment.id = flag.enrolment_id
  LEFT JOIN {work}holding AS holding USING (enrolment_id, kind)
 WHERE flag.closed_on IS NULL
   AND (%(schools)s::integer[] IS NULL OR flag.school_id = ANY (%(schools)s::integer[]))
