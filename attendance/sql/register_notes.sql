-- Minutes late and comments of the marks that were sent. An empty cell empties; a column that was
-- not sent leaves what is stored; a note with nothing left to say goes.
-- Parameters: empties_minutes, empties_comments: whether the column was there for every mark.
-- Answers: how many notes changed although their mark did not. Run before the weeks are merged.
WITH said AS (
    SELECT DISTINCT ON (note.enrolment_id, note.week_start, note.week_slot) note.*
      FROM register_sent_note AS note
      JOIN register_sent AS sent
        ON sent.enrolment_id = note.enrolment_id
       AND sent.week_start = note.week_start
       AND substr(sent.marks, note.week_slot, 1) <> ' '
     -- Of rows that repeat a mark the last one that says something holds.
     ORDER BY note.enrolment_id, note.week_start, note.week_slot, note.line DESC
), stored AS (
    SELECT note.id, note.enrolment_id, note.date, note.session, note.minutes_late, note.comment,
           note.sub_reason, sent.week_start,
           2 * (note.date - sent.week_start) + note.session + 1 AS week_slot
      FROM register_sent AS sent
      JOIN mark_note AS note
        ON note.enrolment_id = sent.enrolment_id
       AND note.date BETWEEN sent.week_start AND sent.week_start + 6
     WHERE substr(sent.marks, 2 * (note.date - sent.week_start) + note.session + 1, 1) <> ' '
), settled AS (
    SELECT stored.id,
           enrolment_id, week_start, week_slot,
           CASE WHEN coalesce(said.says_minutes, :empties_minutes)
                THEN said.minutes_late ELSE stored.minutes_late END AS minutes_late,
           CASE WHEN coalesce(said.says_comment, :empties_comments)
                THEN coalesce(said.comment, '') ELSE coalesce(stored.comment, '') END AS comment,
           coalesce(stored.sub_reason, '') AS sub_reason,
           stored.minutes_late AS old_minutes, coalesce(stored.comment, '') AS old_comment
      FROM said
      FULL JOIN stored USING (enrolment_id, week_start, week_slot)
), differing AS MATERIALIZED (
    SELECT *,
           minutes_late IS NULL AND comment = '' AND sub_reason = '' AS is_silent
      FROM settled
     WHERE minutes_late IS DISTINCT FROM old_minutes
        OR comment <> old_comment
), deleted AS (
    DELETE FROM mark_note AS note
     USING differing
     WHERE note.id = differing.id
       AND is_silent
), updated AS (
    UPDATE mark_note AS note
       SET minutes_late = differing.minutes_late, comment = differing.comment
      FROM differing
     WHERE note.id = differing.id
       AND NOT is_silent
), inserted AS (
    INSERT INTO mark_note (enrolment_id, date, session, minutes_late, comment, sub_reason)
    SELECT enrolment_id, week_start + (week_slot - 1) / 2, (week_slot - 1) % 2, minutes_late,
           comment, sub_reason
      FROM differing
     WHERE id IS NULL
)
SELECT count(*)
  FROM differing
  JOIN register_sent AS sent USING (enrolment_id, week_start)
  JOIN register_week AS week USING (enrolment_id, week_start)
 WHERE substr(week.marks, week_slot, 1) = substr(sent.marks, week_slot, 1);
