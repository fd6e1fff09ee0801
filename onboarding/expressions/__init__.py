"""The language of Microsoft Entra's attribute mappings: read (`parsing`) and worked out for one person (`evaluating`).

No tables and no network. What the published reference leaves open is not worked out at all (`values.NotEvaluated`).
"""
