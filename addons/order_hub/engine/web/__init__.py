"""Calling other people's servers: bounded, patient, never into the own network."""
