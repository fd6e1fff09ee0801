"""Letters, from the rule that asks for one to the mail server."""
