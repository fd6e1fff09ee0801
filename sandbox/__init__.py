"""An independent stand-in for Microsoft Entra ID, Microsoft Graph and Haiilo, stricter than they are."""
