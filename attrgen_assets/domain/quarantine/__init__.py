"""Corrections that people make to refused rows."""
