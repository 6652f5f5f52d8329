"""What people do in casework: each a verb, atomic, with who did it, an audit entry and a line."""
