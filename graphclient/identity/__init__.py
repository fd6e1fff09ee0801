"""Tokens of our application, sign-ins of people, and facts about tenants and clouds."""
