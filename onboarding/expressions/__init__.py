"""The language of Microsoft Entra's attribute mappings."""
