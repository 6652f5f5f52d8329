-- Refresh the figures of flags that stay open, where they changed.
UPDATE flag
   SET evidence = standing.evidence,
       updated_at = statement_timestamp()
  FROM {work}standing AS standing
 WHERE flag.id = standing.id
   AND standing.close_reason = ''
   AND standing.is_changed
