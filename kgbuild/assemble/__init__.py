from kgbuild.assemble.assembly import assemble
from kgbuild.assemble.reading import normal_form

__all__ = ["assemble", "normal_form"]
