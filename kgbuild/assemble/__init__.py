from kgbuild.assemble.assembly import assemble, normal_form

__all__ = ["assemble", "normal_form"]
