-- Takes back what one page upload did, mark by mark, from its own log: the old mark returns, and a
-- mark that was not there before goes. What is taken back is logged in its turn. A week with no mark
-- left goes, as it was not there before; the note of a mark that goes, goes with it.
-- Parameters: batch (taken back), undo (the batch that takes back), at.
-- Answers: marks taken back, those of them that went, the earliest Monday of them.
WITH taken AS MATERIALIZED (
    SELECT enrolment_id, date, session, old, new,
           date - (extract(isodow FROM date)::integer - 1) AS week_start,
           2 * (extract(isodow FROM date)::integer - 1) + session + 1 AS place
      FROM mark_change
     WHERE batch_id = :batch
), restored AS MATERIALIZED (
    SELECT week.enrolment_id, week.week_start,
           string_agg(coalesce(taken.old, substr(week.marks, each.place, 1)), ''
                      ORDER BY each.place) AS marks
      FROM register_week AS week
      JOIN (SELECT DISTINCT enrolment_id, week_start FROM taken) AS touched
        ON touched.enrolment_id = week.enrolment_id AND touched.week_start = week.week_start
     CROSS JOIN generate_series(1, 14) AS each (place)
      LEFT JOIN taken
        ON taken.enrolment_id = week.enrolment_id
       AND taken.week_start = week.week_start
       AND taken.place = each.place
     GROUP BY week.enrolment_id, week.week_start
), updated AS (
    UPDATE register_week AS week
       SET marks = restored.marks
      FROM restored
     WHERE week.enrolment_id = restored.enrolment_id
       AND week.week_start = restored.week_start
       AND restored.marks <> repeat(' ', 14)
), emptied AS (
    DELETE FROM register_week AS week
     USING restored
     WHERE week.enrolment_id = restored.enrolment_id
       AND week.week_start = restored.week_start
       AND restored.marks = repeat(' ', 14)
), silenced AS (
    DELETE FROM mark_note AS note
     USING taken
     WHERE note.enrolment_id = taken.enrolment_id
       AND note.date = taken.date
       AND note.session = taken.session
       AND taken.old = ' '
), logged AS (
    INSERT INTO mark_change (enrolment_id, date, session, old, new, batch_id, at)
    SELECT enrolment_id, date, session, new, old, :undo, :at
      FROM taken
     ORDER BY enrolment_id, date, session
)
SELECT count(*), count(*) FILTER (WHERE old = ' '), min(week_start)
  FROM taken;
