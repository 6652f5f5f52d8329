"""What law and guidance say about school calendars and pupil numbers. Pure: no clock."""
