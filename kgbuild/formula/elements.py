"""The chemical elements: symbols, names and the order in which formulas of inorganic compounds name them."""

__all__ = ["ALL_NAMES", "BY_ELECTRONEGATIVITY", "ELEMENTS", "ELEMENT_NAMES"]

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
#: by Pauling's electronegativity (CRC Handbook), then by alphabet; noble gases without one last
_FROM_METALS = """
    Fr Cs K Rb Ba Ra Na Sr Li Ca Ac La Tb Yb Ce Pm Pr Nd Sm Eu Gd Dy Y Ho Er Tm Lu Pu Am Bk Cf Cm Es Fm Hf Lr
    Md No Th Mg Zr Np Sc U Pa Ta Ti Mn Be Nb Al Tl V Zn Cr Cd In Ga Fe Co Cu Re Si Tc Ni Ag Sn Hg Po Ge Bi B Sb
    Te Mo As P At H Ir Os Pd Rn Ru Pt Rh Pb W Au C Se S Xe I Br Kr N Cl O F He Ne Ar
"""

ELEMENTS = frozenset(_SYMBOLS.split())
ALL_NAMES = dict(zip(_SYMBOLS.split(), _NAMES.split(), strict=True))
#: of those that mean the element where they stand alone
ELEMENT_NAMES = {symbol: name for symbol, name in ALL_NAMES.items() if symbol not in _AMBIGUOUS}
#: symbol -> its place, from the most metallic element on
BY_ELECTRONEGATIVITY = {symbol: place for place, symbol in enumerate(_FROM_METALS.split())}
