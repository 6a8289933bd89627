"""Acronyms that materials scientists use without a definition. A document's own definition comes first.

"PS" is polystyrene and "GO" graphene oxide only where a material is meant.
"""

__all__ = ["MATERIAL_ACRONYMS"]

_ROWS = """
    ABS   acrylonitrile butadiene styrene
    BFO   bismuth ferrite
    BN    boron nitride
    BTO   barium titanate
    CNT   carbon nanotubes
    FTO   fluorine-doped tin oxide
    GDC   gadolinium-doped ceria
    GO    graphene oxide
    HA    hydroxyapatite
    HAp   hydroxyapatite
    h-BN  hexagonal boron nitride
    HDPE  high density polyethylene
    IGZO  indium gallium zinc oxide
    ITO   indium tin oxide
    LCO   lithium cobalt oxide
    LDPE  low density polyethylene
    LFP   lithium iron phosphate
    LLZO  lithium lanthanum zirconium oxide
    LSCF  lanthanum strontium cobalt ferrite
    LSM   lanthanum strontium manganite
    LTO   lithium titanate
    MWCNT multi-walled carbon nanotubes
    P3HT  poly(3-hexylthiophene)
    PAN   polyacrylonitrile
    PANI  polyaniline
    PC    polycarbonate
    PCBM  [6,6]-phenyl-C61-butyric acid methyl ester
    PCL   polycaprolactone
    PDMS  polydimethylsiloxane
    PE    polyethylene
    PEDOT poly(3,4-ethylenedioxythiophene)
    PEG   polyethylene glycol
    PEO   polyethylene oxide
    PET   polyethylene terephthalate
    PLA   polylactic acid
    PP    polypropylene
    PS    polystyrene
    PU    polyurethane
    PVA   polyvinyl alcohol
    PVP   polyvinylpyrrolidone
    PZT   lead zirconate titanate
    rGO   reduced graphene oxide
    SDC   samarium-doped ceria
    STO   strontium titanate
    SWCNT single-walled carbon nanotubes
    YSZ   yttria-stabilized zirconia
"""
MATERIAL_ACRONYMS = dict(row.split(maxsplit=1) for row in _ROWS.strip().splitlines())
