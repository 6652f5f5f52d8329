"""Who people are: users, roles, permissions, API clients, the audit chain and the access log."""
