"""What people do with meetings. Each is a verb, in one transaction, with an entry in the trail."""
