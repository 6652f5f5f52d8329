"""What is done to schools, pupils, families and enrolments. One module for each noun."""
