"""The support bundle: what Microsoft's support and our engineers need of one onboarding, without a name or a secret."""
