"""Knowledge graphs from scientific papers and tables, with the evidence behind every edge."""

__version__ = "0.1.0"

__all__ = ["__version__"]
