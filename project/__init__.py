"""Composition: settings, routes and entry points. No rule of the business lives here."""
