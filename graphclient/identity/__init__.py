"""Who we are and who signs in: tenants, clouds, tokens of our application, sign-ins of people."""
