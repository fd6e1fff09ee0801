"""Processes of the local stack: database, broker, sandbox, web, worker and beat."""
