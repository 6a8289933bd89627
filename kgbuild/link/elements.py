"""The chemical elements: symbols and names."""

__all__ = ["ALL_NAMES", "ELEMENTS", "ELEMENT_NAMES"]

_SYMBOLS = """
    H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y
    Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re
    Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr
"""
_NAMES = """
    hydrogen helium lithium beryllium boron carbon nitrogen oxygen fluorine neon sodium magnesium aluminum
    silicon phosphorus sulfur chlorine argon potassium calcium scandium titanium vanadium chromium manganese
    iron cobalt nickel copper zinc gallium germanium arsenic selenium bromine krypton rubidium strontium
    yttrium zirconium niobium molybdenum technetium ruthenium rhodium palladium silver cadmium indium tin
    antimony tellurium iodine xenon cesium barium lanthanum cerium praseodymium neodymium promethium samarium
    europium gadolinium terbium dysprosium holmium erbium thulium ytterbium lutetium hafnium tantalum tungsten
    rhenium osmium iridium platinum gold mercury thallium lead bismuth polonium astatine radon francium radium
    actinium thorium protactinium uranium neptunium plutonium americium curium berkelium californium
    einsteinium fermium mendelevium nobelium lawrencium
"""
#: symbols that are more often something else when they stand alone
_AMBIGUOUS = frozenset({"No", "In", "As", "At", "I", "He", "Be", "Am", "Pa", "Os", "Ho", "Es", "Md", "Lr"})

ELEMENTS = frozenset(_SYMBOLS.split())
ALL_NAMES = dict(zip(_SYMBOLS.split(), _NAMES.split(), strict=True))
#: of those that mean the element where they stand alone
ELEMENT_NAMES = {symbol: name for symbol, name in ALL_NAMES.items() if symbol not in _AMBIGUOUS}
