"""Who may see and do what: identities, roles, grants, ended sessions and the log of what was done."""
