-- What one file says, for the length of its transaction: a row for each enrolment and week, and a
-- row for each mark with something to say.
-- week_slot: 1 (Monday AM) to 14 (Sunday PM).
CREATE TEMPORARY TABLE register_sent (
    enrolment_id integer NOT NULL,
    school_id integer NOT NULL,
    week_start date NOT NULL,
    marks varchar(14) NOT NULL
) ON COMMIT DROP;

CREATE TEMPORARY TABLE register_sent_note (
    enrolment_id integer NOT NULL,
    week_start date NOT NULL,
    week_slot smallint NOT NULL,
    line integer NOT NULL,
    minutes_late smallint,
    comment varchar(500),
    says_minutes boolean NOT NULL,
    says_comment boolean NOT NULL
) ON COMMIT DROP;
