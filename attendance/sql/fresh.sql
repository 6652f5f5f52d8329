-- Flags that open in this run: those that hold and have no open flag that stays.
CREATE {storage} TABLE {work}fresh AS
SELECT holding.*
  FROM {work}holding AS holding
  LEFT JOIN {work}standing AS standing
    ON standing.enrolment_id = holding.enrolment_id
   AND standing.kind = holding.kind
   AND standing.close_reason = ''
 WHERE standing.id IS NULL
