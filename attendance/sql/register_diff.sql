-- Lays what was sent over the stored weeks: inserts what is new, updates what differs, logs what
-- was corrected. A stored week that already says all that was sent is not touched: the sent string
-- is a pattern in which a space fits anything (no symbol is '_' or '%', and nothing escapes).
--
-- New weeks are inserted while their enrolments are held, as no foreign key checks them; one that
-- is gone must undo the file. What was sent comes in the order of the key, so it is stored so.
-- Parameters: batch, at, logs_arrivals (whether marks that were not there before are logged too).
-- Answers: marks inserted, marks changed, schools in which something did and the earliest Monday of
-- each (two arrays in one order), enrolments that are gone.
WITH differing AS MATERIALIZED (
    SELECT sent.enrolment_id, sent.school_id, sent.week_start, sent.marks AS sent,
           stored.marks AS old,
           CASE WHEN stored.marks IS NULL OR position(' ' IN sent.marks) = 0 THEN sent.marks
           ELSE {overlaid}
           END AS marks
      FROM register_sent AS sent
      LEFT JOIN register_week AS stored
        ON stored.enrolment_id = sent.enrolment_id
       AND stored.week_start = sent.week_start
     WHERE stored.marks IS NULL
        OR stored.marks NOT LIKE translate(sent.marks, ' ', '_') ESCAPE ''
), arriving AS MATERIALIZED (
    SELECT enrolment_id AS id
      FROM differing
     WHERE old IS NULL
     GROUP BY enrolment_id
), held AS MATERIALIZED (
    SELECT enrolment.id
      FROM schools_enrolment AS enrolment
      JOIN arriving USING (id)
       FOR KEY SHARE OF enrolment
), inserted AS (
    INSERT INTO register_week (enrolment_id, school_id, week_start, marks)
    SELECT enrolment_id, school_id, week_start, marks
      FROM differing
     WHERE old IS NULL
), updated AS (
    UPDATE register_week AS stored
       SET marks = differing.marks
      FROM differing
     WHERE differing.old IS NOT NULL
       AND stored.enrolment_id = differing.enrolment_id
       AND stored.week_start = differing.week_start
), logging AS MATERIALIZED (
    -- An old week in which only gaps were filled has nothing to log.
    SELECT enrolment_id, week_start, sent, old
      FROM differing
     WHERE :logs_arrivals
        OR (old IS NOT NULL AND marks NOT LIKE translate(old, ' ', '_') ESCAPE '')
), corrected AS MATERIALIZED (
    SELECT enrolment_id,
           week_start + (place - 1) / 2 AS date,
           (place - 1) % 2 AS session,
           coalesce(substr(old, place, 1), ' ') AS old,
           substr(sent, place, 1) AS new
      FROM logging
     CROSS JOIN generate_series(1, 14) AS place
     WHERE substr(sent, place, 1) <> ' '
       AND substr(sent, place, 1) IS DISTINCT FROM substr(old, place, 1)
), logged AS (
    INSERT INTO mark_change (enrolment_id, date, session, old, new, batch_id, at)
    SELECT enrolment_id, date, session, old, new, :batch, :at
      FROM corrected
     WHERE :logs_arrivals OR old <> ' '
     ORDER BY enrolment_id, date, session
)
SELECT coalesce(sum(length(replace(marks, ' ', ''))), 0)
       - coalesce(sum(length(replace(old, ' ', ''))) FILTER (WHERE old IS NOT NULL), 0) AS inserted,
       (SELECT count(*) FROM corrected WHERE old <> ' ') AS changed,
       ARRAY(SELECT school_id FROM differing GROUP BY school_id ORDER BY school_id) AS schools,
       ARRAY(SELECT min(week_start) FROM differing GROUP BY school_id ORDER BY school_id) AS from_on,
       (SELECT count(*) FROM arriving) - (SELECT count(*) FROM held) AS enrolments_gone
  FROM differing;
