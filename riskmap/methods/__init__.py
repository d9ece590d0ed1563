"""Statistical methods as pure functions on numpy arrays; no data frames, no database, no screen."""
