"""The rules of meetings. Pure: nothing here reads a table or the clock."""
