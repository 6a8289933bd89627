"""Annotated corpora as documents with gold mentions and relations; one module per source format."""
