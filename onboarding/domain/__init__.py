"""Values without network or database: sentences, verdicts, products, consent sizes, what is desired."""
