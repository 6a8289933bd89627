from kgbuild.validate.checks import Violation, validate
from kgbuild.validate.shapes import shapes

__all__ = ["Violation", "shapes", "validate"]
