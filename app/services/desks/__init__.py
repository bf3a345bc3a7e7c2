"""A clerk's work at desk and counter: dossiers' steps, counts, results, bags, hand-overs, transfers, refusals."""
