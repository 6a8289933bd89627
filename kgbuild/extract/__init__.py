"""Mentions and relations of documents: one encoder pass, two heads."""
