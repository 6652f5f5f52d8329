"""What law and guidance say about attendance. Pure: no database, no clock; sources named."""
