-- Close the flags that no longer stand.
UPDATE flag
   SET closed_on = %(as_of)s,
       close_reason = standing.close_reason,
       closed_by_run_id = %(run)s,
       updated_at = statement_timestamp()
  FROM {work}standing AS standing
 WHERE flag.id = standing.id
   AND standing.close_reason <> ''
