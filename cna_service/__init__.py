"""The desk of a State's maritime competent authority: requests in, a human woken, an answer out, a log."""
